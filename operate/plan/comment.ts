import { marker } from "./markdown";

/** Where a pull request's comments are, and who writes. */
export interface PullRequest {
  /** `https://api.github.com`, or that of a GitHub Enterprise server. */
  readonly api: string;
  /** `owner/name` */
  readonly repository: string;
  readonly number: number;
  readonly token: string;
}

interface Comment {
  readonly id: number;
  readonly body?: string;
  readonly user?: { readonly type?: string };
}

/** Comments on one page; GitHub's greatest. */
const PAGE = 100;

/**
 * Writes a stack's plan into its one comment at the pull request: the first by a bot that begins with the stack's marker, or
 * a new one.
 *
 * @throws with GitHub's answer when it takes it for wrong.
 */
export async function comment(pull: PullRequest, stack: string, body: string): Promise<void> {
  const known = await find(pull, marker(stack));
  const issues = `/repos/${pull.repository}/issues`;
  if (known === undefined) await ask(pull, "POST", `${issues}/${pull.number}/comments`, { body });
  else await ask(pull, "PATCH", `${issues}/comments/${known}`, { body });
}

async function find(pull: PullRequest, beginning: string): Promise<number | undefined> {
  for (let page = 1; ; page += 1) {
    const path = `/repos/${pull.repository}/issues/${pull.number}/comments?per_page=${PAGE}&page=${page}`;
    const comments = (await ask(pull, "GET", path)) as Comment[];
    // A person may quote the plan, marker and all: nobody's words are overwritten.
    const ours = comments.find(
      ({ body, user }) => user?.type === "Bot" && body?.startsWith(`${beginning}\n`),
    );
    if (ours) return ours.id;
    if (comments.length < PAGE) return undefined;
  }
}

async function ask(
  { api, token }: PullRequest,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const answer = await fetch(api + path, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "x-github-api-version": "2022-11-28",
    },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await answer.text();
  if (!answer.ok)
    throw new Error(`GitHub answers ${method} ${path} with ${answer.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
}
