import { instanceAt, primaryInterface } from "./lookup";
import { identityDocument, lookUp, metadataTree, type MetadataWorld } from "./metadata-tree";
import type { Credentials } from "./credentials";
import type { Tokens } from "./metadata-tokens";
import type { CloudState, Instance } from "./state";

export interface MetadataRequest {
  method: string;
  path: string;
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  vpc: string;
  /** Address that the request came from: an instance's, or a pod's. */
  source: string;
}

export interface MetadataAnswer {
  status: number;
  body: string | Buffer;
  headers?: Record<string, string>;
}

export interface MetadataParts {
  state(): CloudState;
  tokens: Tokens;
  credentials: Credentials;
}

const TTL_HEADER = "x-aws-ec2-metadata-token-ttl-seconds";
const TOKEN_HEADER = "x-aws-ec2-metadata-token";
const ROLE_PATH = /^iam\/security-credentials\/([^/]+)\/?$/;

/** The instance metadata service: version 2, and version 1 where an instance allows it. */
export async function answerMetadata(
  parts: MetadataParts,
  request: MetadataRequest,
): Promise<MetadataAnswer> {
  const state = parts.state();
  const [region, content] =
    Object.entries(state.regions).find(([, one]) => one.vpcs.some((vpc) => vpc.id === request.vpc)) ?? [];
  const instance = content && instanceAt(content, request.vpc, request.source);
  if (!region || !content || !instance) return fault(404, "Not Found");
  // Every date is a version of the service; they hardly differ in what we serve.
  const path = request.path
    .split("?")[0]
    .replace(/\/+/g, "/")
    .replace(/^\/(\d{4}-\d\d-\d\d|1\.0)(?=\/|$)/, "/latest");
  if (request.method === "PUT")
    return path === "/latest/api/token"
      ? issueToken(parts.tokens, instance, request)
      : fault(405, "Method Not Allowed");
  if (request.method !== "GET" && request.method !== "HEAD") return fault(405, "Method Not Allowed");
  if (!mayRead(parts.tokens, instance, request)) return fault(401, "Unauthorized");
  const body = await read(parts, { account: state.account, region, content }, instance, path);
  return body === undefined ? fault(404, "Not Found") : { status: 200, body };
}

function issueToken(tokens: Tokens, instance: Instance, request: MetadataRequest): MetadataAnswer {
  // As the real one: a request that passed a proxy gets no token.
  if (request.headers["x-forwarded-for"] !== undefined) return fault(403, "Forbidden");
  const made = tokens.issue(instance.id, one(request.headers[TTL_HEADER]));
  if (!made) return fault(400, "Bad Request");
  return { status: 200, body: made.token, headers: { [TTL_HEADER]: String(made.seconds) } };
}

function mayRead(tokens: Tokens, instance: Instance, request: MetadataRequest): boolean {
  const token = one(request.headers[TOKEN_HEADER]);
  return token === undefined ? instance.metadata.tokens === "optional" : tokens.accepts(instance.id, token);
}

async function read(
  parts: MetadataParts,
  world: MetadataWorld,
  instance: Instance,
  path: string,
): Promise<string | Buffer | undefined> {
  const below = (folder: string) =>
    path === folder ? "" : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
  if (path === "/") return "latest";
  if (path === "/latest" || path === "/latest/")
    return ["dynamic", "meta-data", ...(instance.userData ? ["user-data"] : [])].join("\n");
  if (path === "/latest/user-data")
    return instance.userData ? Buffer.from(instance.userData, "base64") : undefined;
  const address = primaryInterface(world.content, instance)?.privateIp ?? "";
  const dynamic = below("/latest/dynamic");
  if (dynamic !== undefined)
    return lookUp({ "instance-identity/document": identityDocument(world, instance, address) }, dynamic);
  const metadata = below("/latest/meta-data");
  if (metadata === undefined) return undefined;
  const role = metadata.match(ROLE_PATH)?.[1];
  if (role) return role === instance.role ? parts.credentials.document(role, instance.id) : undefined;
  const tree = metadataTree(world, instance);
  // Its value is made when it is asked for.
  if (instance.role) tree[`iam/security-credentials/${instance.role}`] = "";
  return lookUp(tree, metadata);
}

const one = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

function fault(status: number, title: string): MetadataAnswer {
  return {
    status,
    body: `<?xml version="1.0" encoding="iso-8859-1"?>\n<html><head><title>${status} - ${title}</title></head><body><h1>${status} - ${title}</h1></body></html>\n`,
  };
}
