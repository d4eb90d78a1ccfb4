/** Answers that more than one call gives. */

import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { DetailedDiff } from "./diff";
import { CheckFailure, Props } from "./types";
import { encode } from "./values";

export function checkResponse(inputs: Props, failures: CheckFailure[] = []): pb.CheckResponse {
  const response = new pb.CheckResponse();
  response.setInputs(encode(inputs));
  response.setFailuresList(
    failures.map(({ property, reason }) => {
      const item = new pb.CheckFailure();
      item.setProperty(property);
      item.setReason(reason);
      return item;
    }),
  );
  return response;
}

const { Kind } = pb.PropertyDiff;
const KINDS = {
  add: [Kind.ADD, Kind.ADD_REPLACE],
  delete: [Kind.DELETE, Kind.DELETE_REPLACE],
  update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
} as const;

export function diffResponse(diff: DetailedDiff): pb.DiffResponse {
  const response = new pb.DiffResponse();
  const { DIFF_SOME, DIFF_NONE } = pb.DiffResponse.DiffChanges;
  response.setChanges(diff.details.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setReplacesList(diff.replaces);
  response.setDiffsList([...new Set(diff.changed.map((path) => /^[^.[]*/.exec(path)![0]))]);
  response.setDeletebeforereplace(diff.deleteBeforeReplace ?? false);
  response.setHasdetaileddiff(true);
  for (const { path, kind, replace } of diff.details) {
    const item = new pb.PropertyDiff();
    item.setKind(KINDS[kind][replace ? 1 : 0]);
    item.setInputdiff(true);
    response.getDetaileddiffMap().set(path, item);
  }
  return response;
}
