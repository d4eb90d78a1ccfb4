import { shortHash } from "../../federation/short-hash";

/** Namespace of all that keeps names, on the host. */
export const NAMESPACE = "federation-dns";

/** What speaks for a member of an app, or for all of them, is known by these labels. */
const APP = "federation/app";
const MEMBER = "federation/member";

/** Labels of an app's voices, those of one member where it is given. */
export function voiceLabels(app: string, member?: string): Record<string, string> {
  return { [APP]: app, ...(member !== undefined && { [MEMBER]: member }) };
}

/** The member that a voice speaks for. */
export function memberOf(labels: Readonly<Record<string, string>>): string | undefined {
  return labels[MEMBER];
}

/** Name of a voice's objects: readable, and unlike any other's whatever apps and members are called. */
export function voiceName(app: string, member: string): string {
  return `${app.slice(0, 30)}-${member}-${shortHash([app, member], 6)}`;
}
