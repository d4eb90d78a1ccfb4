import type { Finding } from "../../apps/parts";

/** The stack's outputs, as far as its status is made of them; outputs.ts writes them. */
export interface StackOutputs {
  /** Contexts of all members and of the federation. Secret: used, never shown. */
  readonly kubeconfig?: string;
  /** Name of the federation's context. */
  readonly context?: string;
  readonly members?: Readonly<Record<string, MemberOutput>>;
  /** How the objects of apps with manifests are found in members, by app. */
  readonly findings?: Readonly<Record<string, Finding>>;
  /** The federation's host, where it is none of the members. */
  readonly host?: { readonly name: string; readonly region: string };
  readonly records?: Readonly<Record<string, readonly RecordOutput[]>>;
  /** Ends of certificates, RFC 3339, by whose and which. */
  readonly expiry?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface MemberOutput {
  readonly region: string;
  /** Planned replicas, by app. */
  readonly replicas: Readonly<Record<string, number>>;
  /** Bucket of its snapshots. */
  readonly backups?: string;
}

export interface RecordOutput {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly setIdentifier: string;
  readonly value: string;
}

/** Every cluster of the stack: its members, and before them a host that is none of them and runs nothing of the apps. */
export function clustersOf({ host, members = {} }: StackOutputs): Record<string, MemberOutput> {
  return { ...(host && { [host.name]: { region: host.region, replicas: {} } }), ...members };
}
