import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { createStartProcess } from "#server/processes/create-start-process.js";
import { outputEnd } from "#server/processes/output-end.js";
import { sendWithoutEnd } from "./endless-pack.js";

const startProcess = createStartProcess();

export interface GitServer {
  /** Where the repositories of the folder are: `<url>/<name>`. */
  readonly url: string;
  /** How many requests were answered. */
  requests(): number;
  /** From now on every request gets this status, or is served again when null. */
  fail(status: number | null): void;
  /** From now on who does not prove to be this one is told 401; null lets everybody in. */
  demand(user: { readonly name: string; readonly password: string } | null): void;
  /** From now on who does not prove to be one of these is told 401. */
  admit(isGood: (authorization: string) => boolean): void;
  /** From now on every request is sent on to the same path of another server; null: to none. */
  redirect(to: string | null): void;
  /** From now on requests for one repository are sent on to another of the folder; to itself: not any more. */
  rename(from: string, to: string): void;
  /** What `Authorization` said, request by request. */
  readonly proofs: readonly (string | undefined)[];
  /** Keeps the end of answers to questions about refs and objects back. Resolves when an answer is whole but for that. */
  hold(): { readonly reached: Promise<void>; release(): void };
  /** Keeps questions about objects, and no others, back: what has reached it is served or, with a status, refused when it is let go. */
  holdObjects(): { readonly reached: Promise<void>; release(status?: number): void };
  /** From now on who wants that object gets objects without end: a megabyte, and all others when they are let go. */
  flood(wanted: string): Flood;
  stop(): Promise<void>;
}

export interface Flood {
  /** Resolves when the first ones are sent. */
  readonly reached: Promise<void>;
  /** How often it was asked for. */
  asked(): number;
  release(): void;
}

/** Serves the repositories of a folder over smart HTTP on loopback, through `git http-backend`, as a real host does. */
export async function startGitServer(folder: string): Promise<GitServer> {
  let failure: number | null = null;
  let isAdmitted: (authorization: string) => boolean = () => true;
  let target: string | null = null;
  const renamed = new Map<string, string>();
  const proofs: (string | undefined)[] = [];
  let answered = 0;
  let beforeEnd = (): Promise<void> => Promise.resolve();
  let beforeObjects = (): Promise<number | undefined> => Promise.resolve(undefined);
  let flood = (_body: Buffer, _response: ServerResponse): boolean => false;
  const server = createServer((request, response) => {
    answered += 1;
    const { authorization } = request.headers;
    proofs.push(authorization);
    const location = sentOn(request.url ?? "");
    if (location !== null) response.writeHead(301, { location }).end();
    else if (!isAdmitted(authorization ?? ""))
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
    else if (failure === null) void answer(request, response);
    else response.writeHead(failure).end();
  });
  function sentOn(url: string): string | null {
    const [, name = "", rest = ""] = /^\/([^/]+)(\/.*)$/.exec(url) ?? [];
    const to = renamed.get(name) ?? name;
    if (to !== name) return `/${to}${rest}`;
    return target === null ? null : `${target}${url}`;
  }
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = request.method === "POST" ? await buffer(request) : Buffer.alloc(0);
    const status = body.includes("command=fetch") ? await beforeObjects() : undefined;
    if (status !== undefined) return void response.writeHead(status).end();
    if (flood(body, response)) return;
    await serve(folder, { request, body }, response);
    if (request.method === "POST") await beforeEnd();
    response.end();
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => answered,
    fail: (status) => (failure = status),
    demand(user) {
      const pair = user === null ? null : Buffer.from(`${user.name}:${user.password}`).toString("base64");
      isAdmitted = (authorization) => pair === null || authorization === `Basic ${pair}`;
    },
    admit: (isGood) => (isAdmitted = isGood),
    redirect: (to) => (target = to),
    rename: (from, to) => void renamed.set(from, to),
    proofs,
    hold() {
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      const reached = new Promise<void>((resolve) => {
        beforeEnd = () => {
          resolve();
          return released;
        };
      });
      return { reached, release };
    },
    holdObjects() {
      let release: (status?: number) => void = () => undefined;
      const released = new Promise<number | undefined>((resolve) => (release = resolve));
      const reached = new Promise<void>((resolve) => {
        beforeObjects = () => {
          resolve();
          return released;
        };
      });
      return {
        reached,
        release(status) {
          beforeObjects = () => Promise.resolve(undefined);
          release(status);
        },
      };
    },
    flood(wanted) {
      let [asked, tellReached, release] = [0, (): void => undefined, (): void => undefined];
      const reached = new Promise<void>((resolve) => (tellReached = resolve));
      const released = new Promise<void>((resolve) => (release = resolve));
      flood = (body, response) => {
        if (!body.includes(`want ${wanted}`)) return false;
        asked += 1;
        void sendWithoutEnd(response, { tellReached, released });
        return true;
      };
      return { reached, asked: () => asked, release };
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Resolves when all of the answer is written but its end. */
async function serve(
  folder: string,
  { request, body }: { readonly request: IncomingMessage; readonly body: Buffer },
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const backend = await startProcess({
    file: "git",
    args: ["http-backend"],
    cwd: folder,
    isTalkedTo: true,
    env: {
      PATH: process.env["PATH"] ?? "",
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      REMOTE_ADDR: "127.0.0.1",
    },
  });
  backend.stdin?.on("error", () => undefined);
  backend.stdin?.end(body);
  backend.stderr.resume();
  let head = Buffer.alloc(0);
  const receiveHead = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) return;
    backend.stdout.off("data", receiveHead);
    writeHead(response, head.subarray(0, end).toString());
    response.write(head.subarray(end + 4));
    backend.stdout.on("data", (content) => response.write(content));
  };
  backend.stdout.on("data", receiveHead);
  await Promise.all([outputEnd(backend.stdout), backend.exited]);
}

/** The header lines of a CGI program; `Status: 404 Not Found` is the status. */
function writeHead(response: ServerResponse, lines: string): void {
  for (const line of lines.split("\r\n")) {
    const [name = "", value = ""] = line.split(/:\s*/, 2);
    if (name.toLowerCase() === "status") response.statusCode = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
}
