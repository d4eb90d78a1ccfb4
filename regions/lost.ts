import type * as pulumi from "@pulumi/pulumi";

/**
 * Keeps everything of a lost member as the state has it: whatever its config or the program say by now, the engine finds no
 * difference, and so calls nothing in a region that may not answer. Not its providers: what is deleted goes by them.
 */
export const leaveAlone: pulumi.ResourceTransformation = ({ type, props, opts }) =>
  /^(federation|pulumi:providers):/.test(type)
    ? undefined
    : { props, opts: { ...opts, ignoreChanges: ["*"] } };

/**
 * For the Kubernetes provider of a lost member: what it cannot reach is dropped from the state, and nothing is changed. It
 * finds out in seconds: half a minute, as is usual, for one that is known not to answer would hold up the others.
 */
export const unreachable = {
  deleteUnreachable: true,
  skipUpdateUnreachable: true,
  kubeClientSettings: { timeout: 5 },
};

/** What to do about a member that does not answer any more. */
export function declareLost(member: string): string {
  return `if ${member} is gone for good, set members.${member}.lost: true and the rest goes on without it`;
}
