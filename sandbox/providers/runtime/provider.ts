/** One provider as the engine sees it: its configuration, functions and lifetime. */

import { ServerUnaryCall } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginAttach, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { checkResponse, diffResponse } from "./answers";
import { cancellation } from "./cancel";
import { diffResource } from "./diff";
import { EngineLog } from "./engine";
import { markSecrets } from "./secrets";
import { Context, Props, ProviderDefinition } from "./types";
import { decode, encode, secret } from "./values";

export interface Request {
  getUrn(): string;
  getName(): string;
  getType(): string;
}

/** What differs between one call's context and another's. */
export type Circumstances = Partial<Pick<Context, "preview" | "timeout" | "oldInputs" | "randomSeed">>;

export class Provider {
  readonly log: EngineLog;
  private readonly stopping = new AbortController();
  private config: Props = {};

  constructor(
    readonly definition: ProviderDefinition,
    engine?: string,
  ) {
    this.log = new EngineLog(engine);
  }

  /** Ends whatever is under way. */
  cancel(): void {
    this.stopping.abort(cancellation());
  }

  context(
    call: ServerUnaryCall<unknown, unknown>,
    request: Partial<Request>,
    more: Circumstances = {},
  ): Context {
    const urn = request.getUrn?.() ?? "";
    const gone = new AbortController();
    call.on("cancelled", () => gone.abort(cancellation()));
    let said = "";
    return {
      signal: AbortSignal.any([this.stopping.signal, gone.signal]),
      log: (severity, message) => this.log.send(severity, message, urn),
      status: (message) => {
        if (message !== said) this.log.send("info", message, urn, true);
        said = message;
      },
      preview: false,
      config: this.config,
      urn,
      name: request.getName?.() || urn.split("::").slice(3).join("::"),
      type: request.getType?.() || urn.split("::")[2]?.split("$").pop() || "",
      ...more,
      timeout: more.timeout || undefined,
    };
  }

  handshake(call: ServerUnaryCall<pb.ProviderHandshakeRequest, unknown>): pb.ProviderHandshakeResponse {
    const address = call.request.getEngineAddress();
    if (address) this.log.attach(address);
    const response = new pb.ProviderHandshakeResponse();
    response.setAcceptSecrets(true);
    response.setAcceptResources(true);
    return response;
  }

  attach(call: ServerUnaryCall<PluginAttach, unknown>): Empty {
    this.log.attach(call.request.getAddress());
    return new Empty();
  }

  getPluginInfo(): PluginInfo {
    const info = new PluginInfo();
    info.setVersion(this.definition.version);
    return info;
  }

  getSchema(): pb.GetSchemaResponse {
    const response = new pb.GetSchemaResponse();
    response.setSchema(JSON.stringify({ name: this.definition.name, version: this.definition.version }));
    return response;
  }

  async checkConfig(call: ServerUnaryCall<pb.CheckRequest, unknown>): Promise<pb.CheckResponse> {
    const news = decode(call.request.getNews());
    const checked = await this.definition.checkConfig?.(news.props);
    return checkResponse(
      markSecrets(checked?.inputs ?? news.props, { from: news.props, ...news }),
      checked?.failures,
    );
  }

  diffConfig(call: ServerUnaryCall<pb.DiffRequest, unknown>): pb.DiffResponse {
    const { request } = call;
    const olds = decode(request.getOldInputs() ?? request.getOlds()).props;
    const news = decode(request.getNews()).props;
    const own = this.definition.diffConfig;
    const rules = {
      diff: own && ((before: Props, after: Props) => own(before, after)),
      update: async () => ({}),
    };
    return diffResponse(diffResource(rules, olds, news, olds, request.getIgnorechangesList()));
  }

  async configure(call: ServerUnaryCall<pb.ConfigureRequest, unknown>): Promise<pb.ConfigureResponse> {
    const { props } = decode(call.request.getArgs());
    for (const name of this.definition.jsonConfig ?? [])
      if (typeof props[name] === "string") props[name] = parseConfig(name, props[name]);
    this.config = props;
    await this.definition.configure?.(props);
    const response = new pb.ConfigureResponse();
    response.setAcceptsecrets(true);
    response.setAcceptresources(true);
    response.setSupportspreview(true);
    return response;
  }

  async invoke(call: ServerUnaryCall<pb.InvokeRequest, unknown>): Promise<pb.InvokeResponse> {
    const token = call.request.getTok();
    const run = this.definition.functions[token];
    if (!run) throw new Error(`The sandbox's ${this.definition.name} provider has no function ${token}`);
    const args = decode(call.request.getArgs());
    const result = await run(args.props, this.context(call, {}, { preview: call.request.getPreview() }));
    const hidden = args.secrets.length > 0;
    const response = new pb.InvokeResponse();
    response.setReturn(
      encode(hidden ? Object.fromEntries(Object.entries(result).map(([k, v]) => [k, secret(v)])) : result),
    );
    return response;
  }
}

function parseConfig(name: string, text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`Provider setting ${name} is not JSON: ${text}`, { cause: error });
  }
}
