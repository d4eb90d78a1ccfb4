/** Starts a provider: a gRPC server on loopback whose port is the first line on standard output. */

import {
  sendUnaryData,
  Server,
  ServerCredentials,
  ServerUnaryCall,
  UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { failure, RpcFailure } from "./failures";
import { Provider } from "./provider";
import { Resources } from "./resources";
import { ProviderDefinition } from "./types";

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Call = ServerUnaryCall<any, any>;

export interface Running {
  port: number;
  provider: Provider;
  stop(): void;
}

/** Listens on a free loopback port. */
export async function listen(definition: ProviderDefinition, engine?: string): Promise<Running> {
  const provider = new Provider(definition, engine);
  // A state with large objects (CRDs, manifests) goes beyond gRPC's 4 MB.
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(ResourceProviderService, handlers(provider));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { port, provider, stop: () => server.forceShutdown() };
}

function handlers(provider: Provider): UntypedServiceImplementation {
  const resources = new Resources(provider);
  const answer = (run: (call: Call) => unknown) => (call: Call, done: sendUnaryData<unknown>) => {
    const reply = async () => {
      try {
        const response = await run(call);
        await provider.log.flush();
        done(null, response);
      } catch (error) {
        await provider.log.flush();
        done(isStatus(error) ? error : failure(error));
      }
    };
    void reply();
  };
  return {
    handshake: answer((call) => provider.handshake(call)),
    attach: answer((call) => provider.attach(call)),
    getPluginInfo: answer(() => provider.getPluginInfo()),
    getSchema: answer(() => provider.getSchema()),
    checkConfig: answer((call) => provider.checkConfig(call)),
    diffConfig: answer((call) => provider.diffConfig(call)),
    configure: answer((call) => provider.configure(call)),
    invoke: answer((call) => provider.invoke(call)),
    cancel: answer(() => (provider.cancel(), new Empty())),
    check: answer((call) => resources.check(call)),
    diff: answer((call) => resources.diff(call)),
    create: answer((call) => resources.create(call)),
    read: answer((call) => resources.read(call)),
    update: answer((call) => resources.update(call)),
    delete: answer((call) => resources.delete(call)),
  };
}

function isStatus(error: unknown): error is RpcFailure {
  return (
    typeof error === "object" &&
    error !== null &&
    "code" in error &&
    "details" in error &&
    !(error instanceof Error)
  );
}

/** The whole of a plugin's `main`: serves until the engine closes our standard input or interrupts us. */
export function serve(definition: ProviderDefinition): void {
  const engine = process.argv.slice(2).find((argument) => /^[\w.]+:\d+$/.test(argument));
  const end = (running: Running) => {
    running.provider.cancel();
    process.exit(0);
  };
  listen(definition, engine).then(
    (running) => {
      process.stdout.write(`${running.port}\n`);
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => end(running));
      // The engine holds the other end: when it is gone, however it died, nobody needs us.
      process.stdin
        .on("end", () => end(running))
        .on("error", () => end(running))
        .resume();
    },
    (error) => {
      process.stderr.write(`${definition.name}: cannot serve: ${error}\n`);
      process.exit(1);
    },
  );
}
