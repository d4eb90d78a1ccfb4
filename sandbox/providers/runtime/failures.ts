/** Errors as gRPC statuses that the engine understands. */

import { Metadata, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { isCutOff } from "./cancel";
import { Props } from "./types";
import { encode } from "./values";

export interface RpcFailure {
  code: status;
  details: string;
  metadata?: Metadata;
}

/**
 * `FAILED_PRECONDITION` tells the engine that nothing half-made is left; an operation that was cut off is `UNKNOWN`,
 * since the object may exist.
 */
export function failure(error: unknown): RpcFailure {
  const details = error instanceof Error ? messageOf(error) : String(error);
  return { code: isCutOff(error) ? status.UNKNOWN : status.FAILED_PRECONDITION, details };
}

function messageOf(error: Error): string {
  const cause =
    error.cause instanceof Error && !error.message.includes(error.cause.message)
      ? `: ${messageOf(error.cause)}`
      : "";
  return (error.message || error.name) + cause;
}

/** The object exists but did not become what it should: the engine keeps it with these outputs and reports why. */
export function initFailure(id: string, outputs: Props, inputs: Props, reasons: string[]): RpcFailure {
  const detail = new ErrorResourceInitFailed();
  detail.setId(id);
  detail.setProperties(encode(outputs));
  detail.setInputs(encode(inputs));
  detail.setReasonsList(reasons);
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const message = new Status();
  message.setCode(status.UNKNOWN);
  // The reasons travel in the detail; a long text twice in the trailer would meet its size limit sooner.
  message.setMessage("resource init failed");
  message.addDetails(any);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(message.serializeBinary()));
  return { code: status.UNKNOWN, details: "resource init failed", metadata };
}
