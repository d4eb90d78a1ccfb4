import { once } from "node:events";
import { createServer, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { comment, PullRequest } from "../../../operate/plan/comment";
import { marker } from "../../../operate/plan/markdown";

interface Known {
  id: number;
  body: string;
  user: { type: string };
}

/** GitHub's part of the conversation: the comments of one pull request, 100 a page. */
let comments: Known[];
let asked: string[];
let server: Server;
let pull: PullRequest;

beforeEach(async () => {
  comments = [];
  asked = [];
  server = createServer(async (request, response): Promise<void> => {
    const url = new URL(request.url!, "http://github");
    asked.push(`${request.method} ${url.pathname}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { body } = JSON.parse(Buffer.concat(chunks).toString() || "{}");
    const answer = (status: number, value: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (request.headers.authorization !== "Bearer the-token")
      return void answer(401, { message: "Bad credentials" });
    if (request.method === "POST") comments.push({ id: comments.length + 1, body, user: { type: "Bot" } });
    if (request.method === "PATCH")
      comments.find(({ id }) => url.pathname.endsWith(`/comments/${id}`))!.body = body;
    const page = Number(url.searchParams.get("page") ?? 1);
    answer(200, request.method === "GET" ? comments.slice((page - 1) * 100, page * 100) : {});
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  pull = { api: `http://127.0.0.1:${port}`, repository: "us/federation", number: 7, token: "the-token" };
});
afterEach(() => void server.close());

const plan = (stack: string, text: string) => `${marker(stack)}\n${text}`;

test("the first plan is a new comment, the next ones take its place; each stack has its own", async () => {
  await comment(pull, "dev", plan("dev", "one"));
  await comment(pull, "prod", plan("prod", "two"));
  await comment(pull, "dev", plan("dev", "three"));
  expect(comments.map(({ body }) => body)).toEqual([plan("dev", "three"), plan("prod", "two")]);
});

test("it is found behind a hundred other comments", async () => {
  comments = Array.from({ length: 150 }, (_, id) => ({
    id: id + 1,
    body: "well done",
    user: { type: "User" },
  }));
  comments[120] = { id: 121, body: plan("dev", "old"), user: { type: "Bot" } };
  await comment(pull, "dev", plan("dev", "new"));
  expect(comments).toHaveLength(150);
  expect(comments[120].body).toBe(plan("dev", "new"));
});

test("what a person wrote is left alone, also when it quotes the plan", async () => {
  comments = [{ id: 1, body: plan("dev", "I do not like this"), user: { type: "User" } }];
  await comment(pull, "dev", plan("dev", "new"));
  expect(comments.map(({ body }) => body)).toEqual([plan("dev", "I do not like this"), plan("dev", "new")]);
});

test("GitHub's refusal is told", async () => {
  await expect(comment({ ...pull, token: "another" }, "dev", plan("dev", ""))).rejects.toThrow(
    "GitHub answers GET /repos/us/federation/issues/7/comments?per_page=100&page=1 with 401: " +
      '{"message":"Bad credentials"}',
  );
});
