import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { FakeAfterMerge } from "./fake-after-merge.js";
import { BAD_CREDENTIALS, NOT_FOUND, pageOf, type Answered, type Asked } from "./fake-answer.js";
import { FakeAppMaking } from "./fake-app-making.js";
import { FakeComments, type FakeComment } from "./fake-comments.js";
import { FakeDeliveries } from "./fake-deliveries.js";
import { FakeInstallation } from "./fake-installation.js";
import { FakeLimits } from "./fake-limits.js";
import { FakeTokens } from "./fake-tokens.js";
import { createGithubContract, type Operation } from "./github-contract.js";

export interface FakeCheck {
  readonly id: number;
  readonly head: string;
  readonly externalId: string;
  status: string;
  conclusion: string | null;
  title: string;
  summary: string;
  readonly annotations: FakeAnnotation[];
  /** Where its details are. */
  detailsUrl: string | null;
  /** Identifiers of its buttons. */
  buttons: readonly string[];
  /** How many findings each request brought that brought some. */
  readonly batches: number[];
}

export interface FakeAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly annotation_level: string;
  readonly title: string;
  readonly message: string;
}

interface FakePull {
  readonly head: string;
  readonly base: string;
  readonly state: "open" | "closed";
  readonly isMerged: boolean;
  readonly isFork: boolean;
  /** Of its latest change; long ago by default. */
  readonly updatedAt?: string;
}

type Payload = Record<string, unknown>;

const INSTALLATION = 5;
const APP_ID = 42;
const CHECK_NAME = "headwater";
const LONG_AGO = "2026-01-01T00:00:00Z";
/** What is compiled of the description serves all. */
const CONTRACT = createGithubContract();
const EXAMPLES = join(import.meta.dirname, "../../../fixtures/github/webhooks.json");

/**
 * GitHub on loopback. Every request and every answer is held to GitHub's own description, and what else is documented is enforced: who
 * may ask, how much fits, how often. What breaks a rule is refused, and is in `violations` for the test that did not mean it.
 */
export class FakeGithub {
  /** @param now its clock */
  static async start(now: () => number = Date.now): Promise<FakeGithub> {
    const fake = new FakeGithub(now);
    await new Promise<void>((resolve) => fake.#server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  readonly secret = "It's a Secret to Everybody";
  readonly appId = APP_ID;
  readonly pulls = new Map<number, FakePull>();
  readonly checks: FakeCheck[] = [];
  /** Of our name, and of another App. */
  readonly checksOfOthers: FakeCheck[] = [];
  readonly permissions = new Map<string, string>();
  readonly violations: string[] = [];
  /** When something was written. */
  readonly writes: { readonly at: number; readonly what: string }[] = [];
  /** How often it was asked for what the asker had already. */
  notModified = 0;
  /** The repository was transferred to where the App is not installed. */
  isMoved = false;
  /** Whether the App is installed on the repository. */
  isInstalled = true;
  installationsAsked = 0;
  pullsListed = 0;
  /** Where webhooks go. */
  hookUrl = "";
  cloneUrl = "";
  /** Takes the next requests that write: an answer to give instead, or null to go on. */
  refuse: (what: string) => Answered | null = () => null;
  /** The same of requests that read. */
  refuseRead: (what: string) => Answered | null = () => null;
  /** The same of the request that gives the key of an App that was made. */
  refuseMaking: () => Answered | null = () => null;
  readonly limits: FakeLimits;
  readonly tokens: FakeTokens;
  /** What the repository is called; its number outlives that. */
  readonly #repository = { id: 11, owner: "acme", name: "flows" };
  /** Installations of those it was transferred away from. */
  readonly #formerHomes = new Set<number>();
  /** `owner/name` that it was called before. */
  readonly #formerNames = new Set<string>();
  readonly #now: () => number;
  readonly #contract = CONTRACT;
  readonly afterMerge = new FakeAfterMerge(
    (method, path, parts) => this.#contract.find(method, path)?.answer(201, parts),
    () => this.#contract.make("integration", { id: APP_ID }),
  );
  readonly apps = new FakeAppMaking((parts) => {
    const made = { id: APP_ID, html_url: `${this.url}/apps/headwater`, ...parts };
    const secrets = { pem: this.privateKey, webhook_secret: this.secret };
    const client = { client_id: "Iv1", client_secret: "the client's secret" };
    return { ...Object(this.#contract.make("integration", made)), ...secrets, ...client } as object;
  });
  readonly deliveries = new FakeDeliveries({
    hookUrl: () => this.hookUrl,
    secret: this.secret,
    nextId: () => (this.#lastId += 1),
  });
  readonly conversation = new FakeComments(this.#contract, {
    appId: APP_ID,
    nextId: () => (this.#lastId += 1),
  });
  /** That of the repository. */
  readonly installation = new FakeInstallation(this.#contract, INSTALLATION, "acme");
  readonly installations = [this.installation];
  /** That the repository is of. */
  #home = this.installation;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #lastId = 1000;
  readonly #operations: Readonly<Record<string, (asked: Asked) => Answered>> = {
    ...this.afterMerge.operations,
    ...this.conversation.operations,
    "GET /app/installations": ({ query }) => ({
      status: 200,
      body: pageOf(this.installations, query).flatMap(({ isThere, body }) => (isThere ? [body] : [])),
    }),
    "GET /installation/repositories": ({ installation, query }) =>
      this.#installationOf(installation)?.list(query) ?? NOT_FOUND,
    "POST /app-manifests/{code}/conversions": ({ operation: { params } }) =>
      this.refuseMaking() ?? this.apps.convert(params["code"] ?? ""),
    "GET /repos/{owner}/{repo}/installation": () => this.#findInstallation(),
    "POST /app/installations/{installation_id}/access_tokens": (asked) => this.#makeToken(asked),
    "GET /app/hook/deliveries": ({ query }) => this.deliveries.list(query, this.url),
    "POST /app/hook/deliveries/{delivery_id}/attempts": ({ operation }) =>
      this.deliveries.sendAgain(operation.params["delivery_id"] ?? ""),
    "GET /repos/{owner}/{repo}/pulls/{pull_number}": (asked) => this.#pull(asked),
    "GET /repos/{owner}/{repo}/pulls": (asked) => this.#listPulls(asked),
    "POST /repos/{owner}/{repo}/check-runs": (asked) => this.#makeCheck(asked),
    "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}": ({ operation, body }) =>
      this.#changeCheck(this.#checkOf(operation), body, 200),
    "GET /repos/{owner}/{repo}/check-runs/{check_run_id}": ({ operation }) => ({
      status: 200,
      body: checkBody(this.#checkOf(operation)),
    }),
    "GET /repos/{owner}/{repo}/commits/{ref}/check-runs": (asked) => this.#listChecks(asked),
    "GET /repos/{owner}/{repo}/collaborators/{username}/permission": (asked) => this.#permission(asked),
  };

  private constructor(now: () => number) {
    this.#now = now;
    this.limits = new FakeLimits(now);
    this.tokens = new FakeTokens(APP_ID, now);
  }

  get privateKey(): string {
    return this.tokens.privateKey;
  }

  /** Those of the App. */
  get comments(): readonly FakeComment[] {
    return this.conversation.ours;
  }

  get tokensMade(): number {
    return this.tokens.made;
  }

  /** Tokens that were given out are no longer good. */
  revokeTokens(): void {
    this.tokens.revoke();
  }

  get reactions(): FakeComments["reactions"] {
    return this.conversation.reactions;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The App is installed by another organization as well. */
  install(id: number, name: string): FakeInstallation {
    const made = new FakeInstallation(this.#contract, id, name);
    this.installations.push(made);
    return made;
  }

  /** The repository is called otherwise from now on; whoever asks for its former name is sent to its number. */
  rename(name: string): void {
    this.#formerNames.add(`${this.#repository.owner}/${this.#repository.name}`);
    this.#repository.name = name;
  }

  /** It is of another organization from now on, which has the App installed as well. */
  transfer(to: FakeInstallation, name: string): void {
    this.rename(name);
    this.#repository.owner = to.name;
    this.#formerHomes.add(this.#home.id);
    this.#home = to;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.closeAllConnections();
      this.#server.close(() => resolve());
    });
  }

  /** Sends a webhook, made from GitHub's own example of it. Returns the status that it was answered with. */
  async deliver(event: string, change: (example: Payload) => void): Promise<number> {
    // Shipped beside the tests.
    const examples = JSON.parse(readFileSync(EXAMPLES, "utf8")) as Record<string, Payload>;
    const payload = examples[event]!;
    payload["installation"] = { id: this.#home.id };
    const { id, name, owner } = this.#repository;
    // Those of an installation are of none.
    const repository = payload["repository"] as { readonly owner: object } | undefined;
    Object.assign(repository ?? {}, { id, name, clone_url: this.cloneUrl });
    Object.assign(repository?.owner ?? {}, { login: owner });
    change(payload);
    return this.deliveries.deliver(event, payload);
  }

  /** A pull request is opened, or its head moves. */
  async propose(
    number: number,
    head: string,
    {
      base = "main",
      installation = this.#home.id,
      isFork = false,
    }: { base?: string; installation?: number; isFork?: boolean } = {},
  ): Promise<number> {
    const action = this.pulls.has(number) ? "synchronize" : "opened";
    const updatedAt = new Date(this.#now()).toISOString();
    this.pulls.set(number, { head, base, state: "open", isMerged: false, isFork, updatedAt });
    return this.deliver("pull_request", (payload) =>
      Object.assign(payload, { action, number, installation: { id: installation } }),
    );
  }

  /** A pull request is merged, or closed without that. */
  async close(number: number, isMerged = false): Promise<number> {
    const pull = this.pulls.get(number);
    if (pull !== undefined) this.pulls.set(number, { ...pull, state: "closed", isMerged });
    return this.deliver("pull_request", (payload) => Object.assign(payload, { action: "closed", number }));
  }

  /** No pull request is open any more, and nobody is told. */
  closeAll(): void {
    for (const [number, pull] of this.pulls) this.pulls.set(number, { ...pull, state: "closed" });
  }

  /** Somebody presses a button of a check. */
  press(head: string, identifier: string, login: string): Promise<number> {
    return this.deliver("check_run", (payload) => {
      const asked = { requested_action: { identifier }, sender: { login, type: "User" } };
      Object.assign(payload, { action: "requested_action", ...asked });
      Object.assign(payload["check_run"] as object, { head_sha: head, pull_requests: [] });
    });
  }

  async comment(number: number, body: string, user = "octocat"): Promise<number> {
    const { id } = this.conversation.add(number, body, user);
    await this.deliver("issue_comment", (payload) => {
      Object.assign(payload["issue"] as object, { number, pull_request: {} });
      Object.assign(payload["comment"] as object, {
        id,
        body,
        user: { login: user, type: "User" },
        created_at: new Date().toISOString(),
      });
    });
    return id;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const text = Buffer.concat(pieces).toString();
    const asked = new URL(request.url ?? "/", "http://github");
    const page = request.method === "POST" ? this.apps.post(asked, text) : null;
    if (page !== null) return void response.writeHead(page.status, page.headers).end();
    // Where Enterprise has its API.
    const url = new URL(asked.href.replace("/api/v3/", "/"));
    const moved = this.#redirect(request.method, url);
    if (moved !== null) return void response.writeHead(moved.status, moved.headers).end();
    url.pathname = url.pathname.replace(`/repositories/${this.#repository.id}/`, `/repos/${this.#fullName}/`);
    const what = `${request.method ?? ""} ${url.pathname}`;
    const answer = this.#answer(request, {
      what,
      url,
      body: (text === "" ? {} : JSON.parse(text)) as Payload,
    });
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(answer.body === undefined ? "" : JSON.stringify(answer.body));
  }

  #answer({ method = "GET", headers }: IncomingMessage, sent: Sent): Answered {
    const operation = this.#contract.find(method, sent.url.pathname);
    if (operation === null) return this.#violate(404, `${sent.what}: there is no such operation`);
    const refused = this.#refuse(method, { headers, operation, sent });
    if (refused !== null) return refused;
    const operate = this.#operations[`${method} ${operation.path}`];
    if (operate === undefined) return this.#violate(404, `${method} ${operation.path} is not played here`);
    const installation = this.tokens.installationOf(headers.authorization ?? "");
    const answered = operate({ operation, body: sent.body, query: sent.url.searchParams, installation });
    if (answered.status >= 400) return answered;
    const whole = this.#complete(answered, operation, sent.what);
    const told = method === "GET" ? this.#unlessKnown(whole, headers["if-none-match"]) : whole;
    return installation === null
      ? told
      : { ...told, headers: { ...told.headers, ...this.limits.headers(installation) } };
  }

  get #fullName(): string {
    return `${this.#repository.owner}/${this.#repository.name}`;
  }

  /** Source: https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects */
  #redirect(method: string | undefined, url: URL): Answered | null {
    const [, owner = "", name = "", rest = ""] = /^\/repos\/([^/]+)\/([^/]+)\/(.*)$/.exec(url.pathname) ?? [];
    if (!this.#formerNames.has(`${owner}/${name}`)) return null;
    const location = `${this.url}/repositories/${this.#repository.id}/${rest}${url.search}`;
    return { status: method === "GET" ? 301 : 307, headers: { location } };
  }

  #installationOf(id: number | null): FakeInstallation | undefined {
    return this.installations.find((one) => one.id === id);
  }

  #refuse(
    method: string,
    {
      headers,
      operation,
      sent,
    }: {
      readonly headers: IncomingMessage["headers"];
      readonly operation: Operation;
      readonly sent: Sent;
    },
  ): Answered | null {
    if (headers["x-github-api-version"] === undefined) this.violations.push(`${sent.what}: no version`);
    return (
      this.#refuseStranger(headers.authorization, sent) ??
      this.#refuseInstallation(headers.authorization, { isWrite: method !== "GET" }) ??
      (method === "GET" ? this.refuseRead(sent.what) : this.#refuseWrite(operation, sent)) ??
      (this.isMoved && operation.path.startsWith("/repos/")
        ? NOT_FOUND
        : this.#refuseOther(operation, headers.authorization))
    );
  }

  /** Whoever has it already is told only that. */
  #unlessKnown(answered: Answered, known: string | undefined): Answered {
    const etag = `"${createHash("sha256").update(JSON.stringify(answered.body)).digest("hex")}"`;
    if (known !== etag) return { ...answered, headers: { ...answered.headers, etag } };
    this.notModified += 1;
    return { status: 304, headers: { etag } };
  }

  #refuseStranger(authorization = "", { url }: Sent): Answered | null {
    // Its code is all that whoever asks for it has.
    if (url.pathname.startsWith("/app-manifests/")) return null;
    const isOfApp = url.pathname.startsWith("/app") || url.pathname.endsWith("/installation");
    const isAllowed = isOfApp
      ? this.tokens.isApp(authorization)
      : this.tokens.installationOf(authorization) !== null;
    return isAllowed ? null : BAD_CREDENTIALS;
  }

  /** It is counted, and may be too much. */
  #refuseInstallation(authorization = "", { isWrite }: { readonly isWrite: boolean }): Answered | null {
    const installation = this.tokens.installationOf(authorization);
    if (installation === null) return this.limits.refuseApp(isWrite);
    return this.#installationOf(installation)?.obstacle ?? this.limits.refuse(installation, isWrite);
  }

  #refuseOther({ params: { owner, repo } }: Operation, authorization = ""): Answered | null {
    const isOurs = owner === undefined || `${owner}/${repo ?? ""}` === this.#fullName;
    const isFormer = this.#formerHomes.has(this.tokens.installationOf(authorization) ?? 0);
    return isOurs && (owner === undefined || !isFormer) ? null : NOT_FOUND;
  }

  #refuseWrite(operation: Operation, { what, url, body }: Sent): Answered | null {
    const isCounted = !url.pathname.startsWith("/app");
    const refused = isCounted ? this.refuse(what) : null;
    if (refused !== null) return refused;
    if (isCounted) this.writes.push({ at: Date.now(), what });
    const problems = operation.checkBody(body);
    return problems.length === 0 ? null : this.#violate(422, `${what}: ${problems.join("; ")}`);
  }

  /** What a handler leaves out is filled in, and all of it held to the description. */
  #complete(answered: Answered, operation: Operation, what: string): Answered {
    const isWhole = answered.body === undefined || Array.isArray(answered.body);
    const body = isWhole ? answered.body : operation.answer(answered.status, Object(answered.body) as object);
    const wrong = operation.checkAnswer(answered.status, body);
    if (wrong.length > 0) this.violations.push(`answer to ${what}: ${wrong.slice(0, 5).join("; ")}`);
    return { ...answered, body };
  }

  #violate(status: number, problem: string): Answered {
    this.violations.push(problem);
    return { status, body: { message: problem } };
  }

  #makeToken({ operation, body }: Asked): Answered {
    const installation = this.#installationOf(Number(operation.params["installation_id"]));
    if (installation === undefined) return NOT_FOUND;
    return installation.obstacle ?? this.tokens.make(installation.id, body);
  }

  #findInstallation(): Answered {
    this.installationsAsked += 1;
    return this.isInstalled ? { status: 200, body: { id: this.#home.id } } : NOT_FOUND;
  }

  #listPulls({ query }: Asked): Answered {
    this.pullsListed += 1;
    const open = [...this.pulls].filter(([, { state }]) => state === "open").toReversed();
    const body = pageOf(open, query).map(([number, pull]) =>
      this.#contract.make("pull-request-simple", this.#pullBody(number, pull)),
    );
    return { status: 200, body };
  }

  #pull({ operation }: Asked): Answered {
    const number = Number(operation.params["pull_number"]);
    const pull = this.pulls.get(number);
    if (pull === undefined) return NOT_FOUND;
    return { status: 200, body: this.#pullBody(number, pull) };
  }

  #pullBody(number: number, pull: FakePull): object {
    const { head, base, state, isMerged, isFork, updatedAt = LONG_AGO } = pull;
    const { id } = this.#repository;
    const repo = this.#contract.make("repository", { id, clone_url: this.cloneUrl }) as object;
    return {
      number,
      state,
      updated_at: updatedAt,
      merged_at: isMerged ? "2026-11-27T12:00:00Z" : null,
      head: { sha: head, repo: isFork ? { ...repo, id: id + 1 } : repo },
      base: { ref: base, repo },
    };
  }

  #permission({ operation }: Asked): Answered {
    const permission = this.permissions.get(operation.params["username"] ?? "") ?? "none";
    return { status: 200, body: { permission, role_name: permission } };
  }

  #makeCheck({ body }: Asked): Answered {
    const check: FakeCheck = {
      id: (this.#lastId += 1),
      head: textOf(body["head_sha"]),
      externalId: textOf(body["external_id"]),
      status: "queued",
      conclusion: null,
      title: "",
      summary: "",
      annotations: [],
      detailsUrl: null,
      buttons: [],
      batches: [],
    };
    const answer = this.#changeCheck(check, body, 201);
    if (answer.status === 201) this.checks.push(check);
    return answer;
  }

  #changeCheck(check: FakeCheck | undefined, body: Payload, status: number): Answered {
    if (check === undefined) return NOT_FOUND;
    // Held to the description already.
    const change = body as CheckChange;
    const annotations = change.output?.annotations ?? [];
    const problem = problemOf(change, annotations);
    if (problem !== null) return this.#violate(422, problem);
    check.annotations.push(...annotations);
    if (annotations.length > 0) check.batches.push(annotations.length);
    Object.assign(check, definedOf(change, ["status", "conclusion"]));
    check.detailsUrl = change.details_url ?? check.detailsUrl;
    check.buttons = change.actions?.map(({ identifier }) => identifier) ?? check.buttons;
    Object.assign(check, definedOf(change.output ?? {}, ["title", "summary"]));
    return { status, body: checkBody(check) };
  }

  #checkOf({ params }: Operation): FakeCheck | undefined {
    return this.checks.find(({ id }) => String(id) === params["check_run_id"]);
  }

  #listChecks({ operation, query }: Asked): Answered {
    const isAskedFor = query.get("check_name") === CHECK_NAME && isNumberOrNone(query.get("app_id"), APP_ID);
    const ofApp = isAskedFor ? this.checks : [];
    const others = query.get("app_id") === null ? this.checksOfOthers : [];
    const own = [...others, ...ofApp].filter(({ head }) => head === operation.params["ref"]);
    // By default only the last one of a name and an App is listed.
    const found = query.get("filter") === "all" ? own : own.slice(-1);
    const whole = this.#contract.find("GET", "/repos/a/b/check-runs/1");
    const page = pageOf(found.toReversed(), query);
    const runs = page.map((check) => whole?.answer(200, checkBody(check)));
    const next = new URLSearchParams(query);
    next.set("page", String(Number(query.get("page") ?? 1) + 1));
    const isLast = pageOf(found, next).length === 0;
    const path = `/repos/${this.#fullName}/commits/${operation.params["ref"] ?? ""}/check-runs`;
    const headers: Record<string, string> = isLast
      ? {}
      : { link: `<${this.url}${path}?${next.toString()}>; rel="next"` };
    return { status: 200, body: { total_count: found.length, check_runs: runs }, headers };
  }
}

interface Sent {
  readonly what: string;
  readonly url: URL;
  readonly body: Payload;
}

interface CheckChange {
  readonly status?: string;
  readonly conclusion?: string;
  readonly details_url?: string;
  readonly actions?: readonly { readonly identifier: string }[];
  readonly output?: {
    readonly title?: string;
    readonly summary?: string;
    readonly annotations?: readonly FakeAnnotation[];
  };
}

/** Rules that the description does not say. */
function problemOf(
  { status, conclusion }: CheckChange,
  annotations: readonly FakeAnnotation[],
): string | null {
  if (status === "completed" && conclusion === undefined) return "a completed check needs a conclusion";
  const isBad = annotations.some(
    ({ start_line: start, end_line: end, start_column: column }) => start !== end && column !== undefined,
  );
  return isBad ? "columns need an annotation of one line" : null;
}

function definedOf(from: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
}

function isNumberOrNone(text: string | null, wanted: number): boolean {
  return text === null || Number(text) === wanted;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function checkBody(check: FakeCheck | undefined): object {
  if (check === undefined) return {};
  const { id, head, externalId, status, conclusion, annotations } = check;
  const output = { annotations_count: annotations.length };
  return { id, head_sha: head, external_id: externalId, status, conclusion, name: CHECK_NAME, output };
}
