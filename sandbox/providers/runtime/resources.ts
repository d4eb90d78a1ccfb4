/** The life of a resource: check, diff, create, read, update, delete. */

import { ServerUnaryCall } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { checkResponse, diffResponse } from "./answers";
import { diffResource } from "./diff";
import { initFailure } from "./failures";
import { inputsFromLive, planOutputs } from "./plan";
import { Provider, Request } from "./provider";
import { markSecrets } from "./secrets";
import { CheckFailure, Context, InitError, Props, ResourceType } from "./types";
import { Decoded, decode, encode } from "./values";

export class Resources {
  constructor(private readonly provider: Provider) {}

  private type(request: Request): ResourceType {
    const token = request.getType() || request.getUrn().split("::")[2].split("$").pop()!;
    const type = this.provider.definition.resource(token);
    if (type) return type;
    throw new Error(`The sandbox's ${this.provider.definition.name} provider has no resource type ${token}`);
  }

  async check(call: ServerUnaryCall<pb.CheckRequest, unknown>): Promise<pb.CheckResponse> {
    const { request } = call;
    const type = this.type(request);
    const news = decode(request.getNews());
    const olds = decode(request.getOlds()).props;
    const ctx = this.provider.context(call, request, { randomSeed: request.getRandomseed_asU8() });
    const before = Object.keys(olds).length > 0 ? olds : undefined;
    const checked = (await type.check?.(news.props, before, ctx)) ?? { inputs: news.props };
    const missing: CheckFailure[] = (type.required ?? [])
      .filter((name) => checked.inputs[name] === undefined || checked.inputs[name] === null)
      .map((name) => ({ property: name, reason: `missing required property '${name}'` }));
    return checkResponse(remark(checked.inputs, news), [...missing, ...(checked.failures ?? [])]);
  }

  diff(call: ServerUnaryCall<pb.DiffRequest, unknown>): pb.DiffResponse {
    const { request } = call;
    const state = decode(request.getOlds()).props;
    const olds = request.hasOldInputs() ? decode(request.getOldInputs()).props : state;
    const news = decode(request.getNews()).props;
    return diffResponse(diffResource(this.type(request), olds, news, state, request.getIgnorechangesList()));
  }

  async create(call: ServerUnaryCall<pb.CreateRequest, unknown>): Promise<pb.CreateResponse> {
    const { request } = call;
    const type = this.type(request);
    const inputs = decode(request.getProperties());
    const response = new pb.CreateResponse();
    const preview = request.getPreview();
    const ctx = this.provider.context(call, request, { timeout: request.getTimeout(), preview });
    if (preview) {
      response.setProperties(encode(outputs(type, await planOutputs(type, inputs.props, ctx), inputs)));
      return response;
    }
    const made = await keepOnFailure(type, inputs, () => type.create(inputs.props, ctx));
    response.setId(made.id);
    response.setProperties(encode(outputs(type, made.outputs, inputs)));
    return response;
  }

  async update(call: ServerUnaryCall<pb.UpdateRequest, unknown>): Promise<pb.UpdateResponse> {
    const { request } = call;
    const type = this.type(request);
    const news = decode(request.getNews());
    const state = decode(request.getOlds()).props;
    const oldInputs = decode(request.getOldInputs()).props;
    const response = new pb.UpdateResponse();
    const preview = request.getPreview();
    const ctx = this.provider.context(call, request, { timeout: request.getTimeout(), oldInputs, preview });
    if (preview) {
      response.setProperties(encode(outputs(type, await planOutputs(type, news.props, ctx, state), news)));
      return response;
    }
    if (!type.update) throw new Error(`${request.getType()} cannot be updated in place`);
    const live = await keepOnFailure(type, news, () => type.update!(request.getId(), state, news.props, ctx));
    response.setProperties(encode(outputs(type, live, news)));
    return response;
  }

  async read(call: ServerUnaryCall<pb.ReadRequest, unknown>): Promise<pb.ReadResponse> {
    const { request } = call;
    const type = this.type(request);
    const state = decode(request.getProperties());
    const old = decode(request.getInputs());
    const ctx: Context = this.provider.context(call, request, {
      timeout: request.getTimeout(),
      oldInputs: old.props,
    });
    const found = await keepOnFailure(type, old, () => type.read(request.getId(), state.props, ctx));
    const response = new pb.ReadResponse();
    if (!found) return response; // an empty id says it is gone
    const inputs = found.inputs ?? inputsFromLive(type, old.props, found.outputs);
    response.setId(found.id);
    const kept = markSecrets(found.outputs, { from: state.props, secrets: state.secrets });
    response.setProperties(encode(outputs(type, kept, old)));
    response.setInputs(encode(remark(inputs, old)));
    return response;
  }

  async delete(call: ServerUnaryCall<pb.DeleteRequest, unknown>): Promise<Empty> {
    const { request } = call;
    const oldInputs = decode(request.getOldInputs()).props;
    const ctx = this.provider.context(call, request, { timeout: request.getTimeout(), oldInputs });
    await this.type(request).delete(request.getId(), decode(request.getProperties()).props, ctx);
    return new Empty();
  }
}

function remark(props: Props, source: Decoded): Props {
  return markSecrets(props, { from: source.props, secrets: source.secrets });
}

function outputs(type: ResourceType, props: Props, inputs: Decoded): Props {
  const { secretOutputs: always, taintedOutputs: tainted } = type;
  return markSecrets(props, { from: inputs.props, secrets: inputs.secrets, always, tainted });
}

/** Turns an `InitError` into the status that makes the engine keep what exists. */
async function keepOnFailure<T>(type: ResourceType, inputs: Decoded, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof InitError)) throw error;
    throw initFailure(
      error.id,
      outputs(type, error.outputs, inputs),
      remark(inputs.props, inputs),
      error.reasons,
    );
  }
}
