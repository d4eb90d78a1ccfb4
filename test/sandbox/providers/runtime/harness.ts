/** A provider behind a real gRPC connection, asked as the engine asks. */

import { credentials, ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { listen, Props, ProviderDefinition } from "../../../../sandbox/providers/runtime";
import { decode, encode } from "../../../../sandbox/providers/runtime/values";

export class Harness {
  private constructor(
    readonly client: ResourceProviderClient,
    private readonly stopServer: () => void,
    readonly said: string[],
  ) {}

  static async of(definition: ProviderDefinition, config: Props = {}): Promise<Harness> {
    const running = await listen(definition);
    const said: string[] = [];
    running.provider.log.send = (severity, message) => void said.push(`${severity}: ${message}`);
    const client = new ResourceProviderClient(`127.0.0.1:${running.port}`, credentials.createInsecure());
    const harness = new Harness(client, running.stop, said);
    const request = new pb.ConfigureRequest();
    request.setArgs(encode(config));
    await harness.call("configure", request);
    return harness;
  }

  stop(): void {
    this.client.close();
    this.stopServer();
  }

  call<T>(method: string, request: unknown): Promise<T> {
    return new Promise((resolve, reject) =>
      (this.client as any)[method](request, (error: ServiceError | null, response: T) =>
        error ? reject(error) : resolve(response),
      ),
    );
  }

  async check(
    token: string,
    news: Props,
    olds: Props = {},
  ): Promise<{ inputs: Props; secrets: string[]; failures: pb.CheckFailure.AsObject[] }> {
    const request = about(new pb.CheckRequest(), token);
    request.setNews(encode(news));
    request.setOlds(encode(olds));
    request.setRandomseed(new Uint8Array(32).fill(7));
    const response = await this.call<pb.CheckResponse>("check", request);
    const { props, secrets } = decode(response.getInputs());
    return {
      inputs: props,
      secrets: secrets.map((path) => path.join(".")).sort(),
      failures: response.getFailuresList().map((f) => f.toObject()),
    };
  }

  async diff(
    token: string,
    olds: Props,
    news: Props,
    state: Props = olds,
    ignore: string[] = [],
  ): Promise<ReadDiff> {
    const request = about(new pb.DiffRequest(), token);
    request.setId("id");
    request.setOldInputs(encode(olds));
    request.setOlds(encode(state));
    request.setNews(encode(news));
    request.setIgnorechangesList(ignore);
    const response = await this.call<pb.DiffResponse>("diff", request);
    const kinds = Object.entries(pb.PropertyDiff.Kind);
    const details: Record<string, string> = {};
    response.getDetaileddiffMap().forEach((item, path) => {
      details[path] = kinds.find(([, value]) => value === item.getKind())![0];
    });
    const changes = Object.entries(pb.DiffResponse.DiffChanges).find(
      ([, value]) => value === response.getChanges(),
    )![0];
    return {
      changes,
      details,
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  async create(
    token: string,
    inputs: Props,
    preview = false,
  ): Promise<{ id: string; outputs: Props; secrets: string[] }> {
    const request = about(new pb.CreateRequest(), token);
    request.setProperties(encode(inputs));
    request.setPreview(preview);
    const response = await this.call<pb.CreateResponse>("create", request);
    const { props, secrets } = decode(response.getProperties());
    return { id: response.getId(), outputs: props, secrets: secrets.map((path) => path.join(".")) };
  }

  async update(
    token: string,
    id: string,
    state: Props,
    news: Props,
    preview = false,
    oldInputs = state,
  ): Promise<{ outputs: Props; secrets: string[] }> {
    const request = about(new pb.UpdateRequest(), token);
    request.setId(id);
    request.setOlds(encode(state));
    request.setOldInputs(encode(oldInputs));
    request.setNews(encode(news));
    request.setPreview(preview);
    const response = await this.call<pb.UpdateResponse>("update", request);
    const { props, secrets } = decode(response.getProperties());
    return { outputs: props, secrets: secrets.map((path) => path.join(".")) };
  }

  async read(
    token: string,
    id: string,
    state: Props = {},
    inputs: Props = {},
  ): Promise<{ id: string; outputs: Props; inputs: Props }> {
    const request = about(new pb.ReadRequest(), token);
    request.setId(id);
    request.setProperties(encode(state));
    request.setInputs(encode(inputs));
    const response = await this.call<pb.ReadResponse>("read", request);
    return {
      id: response.getId(),
      outputs: decode(response.getProperties()).props,
      inputs: decode(response.getInputs()).props,
    };
  }

  async delete(token: string, id: string, state: Props, oldInputs: Props = {}, timeout = 0): Promise<void> {
    const request = about(new pb.DeleteRequest(), token);
    request.setId(id);
    request.setProperties(encode(state));
    request.setOldInputs(encode(oldInputs));
    request.setTimeout(timeout);
    await this.call("delete", request);
  }
}

export interface ReadDiff {
  changes: string;
  details: Record<string, string>;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

interface Addressed {
  setUrn(urn: string): unknown;
  setName(name: string): unknown;
  setType(type: string): unknown;
}

function about<T extends Addressed>(request: T, token: string): T {
  request.setUrn(`urn:pulumi:dev::test::${token}::thing`);
  request.setName("thing");
  request.setType(token);
  return request;
}

/** What the engine reads out of a partial failure. */
export function initFailureOf(error: ServiceError): pb.ErrorResourceInitFailed | undefined {
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  if (!bytes) return undefined;
  const [detail] = Status.deserializeBinary(bytes as Buffer).getDetailsList();
  return (
    detail.unpack(pb.ErrorResourceInitFailed.deserializeBinary, "pulumirpc.ErrorResourceInitFailed") ??
    undefined
  );
}
