import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { findOperation, type FoundOperation } from "./gitlab-rules.js";

export interface FakeStatus {
  readonly project: number;
  readonly sha: string;
  readonly ref: string;
  readonly pipeline: number | null;
  state: string;
  description: string;
  /** Where its details are. */
  url: string;
}

export interface FakeNote {
  readonly id: number;
  readonly iid: number;
  readonly author: FakeUser;
  readonly created_at: string;
  body: string;
}

interface FakeUser {
  readonly id: number;
  readonly username: string;
}

interface FakePipeline {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
}

interface FakeMergeRequest {
  readonly sha: string;
  readonly base: string;
  readonly state: string;
  readonly source: number | null;
  readonly pipeline: FakePipeline | null;
  readonly updatedAt: string;
}

interface FakeDeployment {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly environment: string;
  status: string;
}

interface FakeIssue {
  readonly iid: number;
  title: string;
  description: string;
  state: string;
}

type Payload = Readonly<Record<string, unknown>>;
interface Answered {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
interface Asked extends Pick<FoundOperation, "params"> {
  readonly said: Payload;
}

export const PROJECT = 21;
export const FORK = 22;
const PATH = "acme/data/flows";
const BOT: FakeUser = { id: 99, username: "project_21_bot" };
const NOT_FOUND: Answered = { status: 404, body: { message: "404 Not found" } };

/**
 * GitLab on loopback, Git included. Every request is held to what GitLab documents, and what else it does is done: who may ask, how a status
 * may change, what is given once. What breaks a rule is refused, and is in `violations` for the test that did not mean it.
 */
export class FakeGitlab {
  static async start(): Promise<FakeGitlab> {
    const fake = new FakeGitlab();
    await new Promise<void>((resolve) => fake.#server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  readonly secret = "the token of the webhook";
  token = "glpat-first";
  /** Where Git is really served. */
  gitUrl = "";
  /** Whoever reads it by Git must have the token. */
  isPrivate = false;
  scopes: readonly string[] = ["api"];
  expiresOn = "2100-01-01";
  hookUrl: () => string = () => "";
  losesDeliveries = false;
  /** Takes the next requests that write: an answer to give instead, or null to go on. */
  refuse: (what: string) => Answered | null = () => null;
  /** Projects in which the token may set a status. */
  readonly developsIn = new Set([PROJECT]);
  readonly mergeRequests = new Map<number, FakeMergeRequest>();
  /** Of commits that GitLab has made to try a merge. */
  readonly parents = new Map<string, readonly string[]>();
  readonly statuses: FakeStatus[] = [];
  readonly notes: FakeNote[] = [];
  readonly awards: { readonly note: number; readonly name: string }[] = [];
  readonly deployments: FakeDeployment[] = [];
  readonly issues: FakeIssue[] = [];
  /** By name: how much each user may do. */
  readonly members = new Map<string, number>();
  readonly violations: string[] = [];
  /** What was written. */
  readonly writes: string[] = [];
  /** How often somebody has looked at all that has changed. */
  looks = 0;
  /** How many requests were refused for their token. */
  strangers = 0;
  readonly #users: FakeUser[] = [BOT];
  readonly #deliveries: { readonly headers: Record<string, string>; readonly body: string }[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #lastId = 1000;
  readonly #operations: Readonly<Record<string, (asked: Asked) => Answered>> = {
    "GET /user": () => ok(BOT),
    "GET /users": ({ said }) => ok(this.#users.filter(({ username }) => username === said["username"])),
    "GET /personal_access_tokens/self": () => ok({ id: 1, scopes: this.scopes, expires_at: this.expiresOn }),
    "GET /projects": () => ok([this.#project()]),
    "GET /projects/:project": () => ok(this.#project()),
    "GET /projects/:project/members/all/:user": (asked) => this.#member(asked),
    "GET /projects/:project/merge_requests": (asked) => this.#listMergeRequests(asked),
    "GET /projects/:project/merge_requests/:iid": ({ params }) => this.#mergeRequest(Number(params["iid"])),
    "GET /projects/:project/merge_requests/:iid/notes": (asked) => this.#listNotes(asked),
    "POST /projects/:project/merge_requests/:iid/notes": (asked) => this.#makeNote(asked),
    "PUT /projects/:project/merge_requests/:iid/notes/:note": (asked) => this.#changeNote(asked),
    "POST /projects/:project/merge_requests/:iid/notes/:note/award_emoji": (asked) => this.#award(asked),
    "GET /projects/:project/repository/commits/:sha": ({ params }) => this.#commit(params["sha"] ?? ""),
    "POST /projects/:project/statuses/:sha": (asked) => this.#setStatus(asked),
    "GET /projects/:project/deployments": ({ said }) =>
      ok(this.deployments.filter(({ environment }) => environment === said["environment"]).toReversed()),
    "GET /projects/:project/deployments/:deployment": ({ params }) =>
      found(this.deployments.find(({ id }) => id === Number(params["deployment"]))),
    "POST /projects/:project/deployments": (asked) => this.#deploy(asked),
    "PUT /projects/:project/deployments/:deployment": (asked) => this.#changeDeployment(asked),
    "GET /projects/:project/issues": () =>
      ok(this.issues.filter(({ state }) => state === "opened").toReversed()),
    "POST /projects/:project/issues": (asked) => this.#makeIssue(asked),
    "PUT /projects/:project/issues/:iid": (asked) => this.#changeIssue(asked),
  };

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get cloneUrl(): string {
    return `${this.url}/${PATH}.git`;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.closeAllConnections();
      this.#server.close(() => resolve());
    });
  }

  /** A merge request is opened, or its head moves. */
  async propose(
    iid: number,
    sha: string,
    other: Partial<Pick<FakeMergeRequest, "base" | "source" | "pipeline">> = {},
  ): Promise<number> {
    const before = this.mergeRequests.get(iid);
    const made = { base: "main", source: PROJECT, pipeline: null, state: "opened", updatedAt: now() };
    this.mergeRequests.set(iid, { ...made, ...other, sha });
    const action = before === undefined ? "open" : "update";
    return this.#tell(iid, { action, ...(before === undefined ? {} : { oldrev: before.sha }) });
  }

  /** A pipeline of a merge request begins. */
  async pipe(iid: number, pipeline: FakePipeline, status: string): Promise<number> {
    const before = this.mergeRequests.get(iid);
    if (before !== undefined) this.mergeRequests.set(iid, { ...before, pipeline });
    return this.deliver("Pipeline Hook", {
      object_kind: "pipeline",
      object_attributes: { ...pipeline, source: "merge_request_event", status },
      merge_request: { id: 500 + iid, iid, state: "opened", target_project_id: PROJECT },
    });
  }

  async close(iid: number, state: "merged" | "closed"): Promise<number> {
    const before = this.mergeRequests.get(iid);
    if (before !== undefined) this.mergeRequests.set(iid, { ...before, state, updatedAt: now() });
    return this.#tell(iid, { action: state === "merged" ? "merge" : "close" });
  }

  /** No merge request is open any more, and nobody is told. */
  closeAll(): void {
    for (const [iid, request] of this.mergeRequests)
      this.mergeRequests.set(iid, { ...request, state: "closed", updatedAt: "2026-01-01T00:00:00Z" });
  }

  /** Somebody writes a note. Returns its id. */
  async comment(iid: number, body: string, username: string): Promise<number> {
    const author = this.#userOf(username);
    const note = { id: (this.#lastId += 1), iid, author, created_at: now(), body };
    this.notes.push(note);
    const request = this.mergeRequests.get(iid);
    if (request !== undefined) this.mergeRequests.set(iid, { ...request, updatedAt: now() });
    const said = { id: note.id, note: body, noteable_type: "MergeRequest", system: false, action: "create" };
    await this.deliver("Note Hook", {
      object_kind: "note",
      user: { id: author.id, name: username, username },
      object_attributes: {
        ...said,
        author_id: author.id,
        created_at: note.created_at,
        updated_at: note.created_at,
      },
      merge_request: { id: 500 + iid, iid, state: "opened" },
    });
    return note.id;
  }

  /** Sends a webhook. Returns the status that it was answered with. */
  async deliver(event: string, payload: Payload): Promise<number> {
    const { id, path_with_namespace: path, http_url_to_repo: http, ssh_url_to_repo: ssh } = this.#project();
    const project = {
      id,
      path_with_namespace: path,
      git_http_url: http,
      git_ssh_url: ssh,
      web_url: this.url,
    };
    const headers = {
      "content-type": "application/json",
      "x-gitlab-event": event,
      "x-gitlab-instance": this.url,
      "x-gitlab-event-uuid": randomUUID(),
      "idempotency-key": randomUUID(),
    };
    const delivery = { headers, body: JSON.stringify({ project, ...payload }) };
    this.#deliveries.push(delivery);
    return this.losesDeliveries ? 0 : this.#send(delivery);
  }

  /** Sends every delivery again, with its own key. Returns what each was answered with. */
  async redeliverAll(secret = this.secret): Promise<readonly number[]> {
    return Promise.all(this.#deliveries.map((delivery) => this.#send(delivery, secret)));
  }

  async #send(
    { headers, body }: { readonly headers: Record<string, string>; readonly body: string },
    secret = this.secret,
  ): Promise<number> {
    const all = { ...headers, "x-gitlab-token": secret };
    const response = await fetch(this.hookUrl(), { method: "POST", body, headers: all });
    await response.arrayBuffer();
    return response.status;
  }

  #tell(iid: number, said: Payload): Promise<number> {
    const request = this.mergeRequests.get(iid);
    const state = { state: request?.state, target_branch: request?.base, last_commit: { id: request?.sha } };
    return this.deliver("Merge Request Hook", {
      object_kind: "merge_request",
      object_attributes: { id: 500 + iid, iid, ...state, ...said },
      changes: {},
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const url = new URL(request.url ?? "/", this.url);
    const isGit = !url.pathname.startsWith("/api/v4/");
    const answer = isGit ? await this.#serveGit(request, body) : this.#answer(request, url, body.toString());
    response.writeHead(answer.status, { ...answer.headers });
    response.end(Buffer.isBuffer(answer.body) ? answer.body : JSON.stringify(answer.body));
  }

  async #serveGit({ method = "GET", url = "/", headers }: IncomingMessage, body: Buffer): Promise<Answered> {
    const proof = `Basic ${Buffer.from(`oauth2:${this.token}`).toString("base64")}`;
    if (this.isPrivate && headers.authorization !== proof)
      return { status: 401, body: "", headers: { "www-authenticate": 'Basic realm="GitLab"' } };
    const kept = ["content-type", "content-encoding", "git-protocol", "accept"].flatMap((name) =>
      typeof headers[name] === "string" ? [[name, headers[name]] as const] : [],
    );
    const sent = { method, headers: Object.fromEntries(kept), ...(method === "POST" ? { body } : {}) };
    const served = await fetch(`${this.gitUrl}${url}`, sent);
    const type = served.headers.get("content-type") ?? "text/plain";
    return {
      status: served.status,
      body: Buffer.from(await served.arrayBuffer()),
      headers: { "content-type": type },
    };
  }

  #answer({ method = "GET", headers }: IncomingMessage, url: URL, text: string): Answered {
    const path = url.pathname.replace("/api/v4", "");
    const what = `${method} ${path}`;
    const operation = findOperation(method, path);
    if (operation === null) return this.#violate(404, `${what}: there is no such operation`);
    if (headers["private-token"] !== this.token) return this.#refuseStranger();
    const refused = method === "GET" ? null : this.refuse(what);
    if (refused !== null) return refused;
    if (method !== "GET") this.writes.push(what);
    // What is written is JSON.
    const said = (method === "GET" ? Object.fromEntries(url.searchParams) : JSON.parse(text)) as Payload;
    return this.#operate(operation, said);
  }

  #operate(operation: FoundOperation, said: Payload): Answered {
    const { name, params } = operation;
    const problems = operation.check(said);
    if (problems.length > 0) return this.#violate(400, `${name}: ${problems.join("; ")}`);
    if (!this.#isKnown(operation)) return NOT_FOUND;
    return this.#operations[name]?.({ params, said }) ?? this.#violate(404, `${name} is not played here`);
  }

  #refuseStranger(): Answered {
    this.strangers += 1;
    const description = "Token is expired. You can either do re-authorization or token refresh.";
    return { status: 401, body: { error: "invalid_token", error_description: description } };
  }

  #isKnown({ params: { project } }: FoundOperation): boolean {
    return project === undefined || [String(PROJECT), String(FORK), PATH].includes(project.toLowerCase());
  }

  #violate(status: number, problem: string): Answered {
    this.violations.push(problem);
    return { status, body: { message: problem } };
  }

  #userOf(username: string): FakeUser {
    const known = this.#users.find((user) => user.username === username);
    const user = known ?? { id: (this.#lastId += 1), username };
    if (known === undefined) this.#users.push(user);
    return user;
  }

  #project() {
    return {
      id: PROJECT,
      path_with_namespace: PATH,
      http_url_to_repo: this.cloneUrl,
      ssh_url_to_repo: `git@127.0.0.1:${PATH}.git`,
      default_branch: "main",
      archived: false,
      visibility: "private",
    };
  }

  #member({ params }: Asked): Answered {
    const user = this.#users.find(({ id }) => id === Number(params["user"]));
    const level = this.members.get(user?.username ?? "");
    return level === undefined ? NOT_FOUND : ok({ ...user, access_level: level, state: "active" });
  }

  #listMergeRequests({ said }: Asked): Answered {
    if (said["state"] === "all") this.looks += 1;
    const after = typeof said["updated_after"] === "string" ? said["updated_after"] : "";
    const listed = [...this.mergeRequests]
      .filter(([, { state }]) => said["state"] === "all" || said["state"] === state)
      .filter(([, { updatedAt }]) => updatedAt >= after)
      .map(([iid]) => this.#mergeRequest(iid).body);
    return paged(listed.toReversed(), said);
  }

  #mergeRequest(iid: number): Answered {
    const request = this.mergeRequests.get(iid);
    if (request === undefined) return NOT_FOUND;
    const { sha, base, state, source, pipeline, updatedAt } = request;
    return ok({
      id: 500 + iid,
      iid,
      state,
      sha,
      source_branch: `work-${iid}`,
      target_branch: base,
      source_project_id: source,
      target_project_id: PROJECT,
      web_url: `${this.url}/${PATH}/-/merge_requests/${iid}`,
      user_notes_count: this.notes.filter((note) => note.iid === iid).length,
      updated_at: updatedAt,
      head_pipeline: pipeline,
    });
  }

  #commit(sha: string): Answered {
    const parents = this.parents.get(sha);
    return parents === undefined ? NOT_FOUND : ok({ id: sha, parent_ids: parents });
  }

  #listNotes({ params, said }: Asked): Answered {
    const own = this.notes.filter(({ iid }) => iid === Number(params["iid"]));
    const listed = own.map((note) => ({ ...note, system: false }));
    return paged(said["sort"] === "asc" ? listed : listed.toReversed(), said);
  }

  #makeNote({ params, said }: Asked): Answered {
    const id = (this.#lastId += 1);
    const note = {
      id,
      iid: Number(params["iid"]),
      author: BOT,
      created_at: now(),
      body: textOf(said["body"]),
    };
    this.notes.push(note);
    return { status: 201, body: note };
  }

  #changeNote({ params, said }: Asked): Answered {
    const note = this.notes.find(({ id }) => id === Number(params["note"]));
    if (note === undefined) return NOT_FOUND;
    if (note.author !== BOT) return { status: 403, body: { message: "403 Forbidden" } };
    note.body = textOf(said["body"]);
    return ok(note);
  }

  #award({ params, said }: Asked): Answered {
    const award = { note: Number(params["note"]), name: textOf(said["name"]) };
    if (this.awards.some((each) => each.note === award.note && each.name === award.name))
      return { status: 404, body: { message: "404 Award Emoji Name has already been taken Not Found" } };
    this.awards.push(award);
    return { status: 201, body: { id: (this.#lastId += 1), ...award } };
  }

  /** A status goes from pending to running to an end, and a new one begins after that. */
  #setStatus({ params, said }: Asked): Answered {
    const project = Number(params["project"]);
    if (!this.developsIn.has(project)) return { status: 403, body: { message: "403 Forbidden" } };
    if (said["ref"] === undefined)
      return { status: 404, body: { message: "404 References for commit Not Found" } };
    const own = { project, sha: params["sha"] ?? "", ref: textOf(said["ref"]) };
    if (!this.#hasPipeline(said["pipeline_id"], own))
      return { status: 404, body: { message: "404 Pipeline for pipeline_id, sha and ref Not Found" } };
    const [state, url] = [textOf(said["state"]), textOf(said["target_url"])];
    const looks = { state, url, description: textOf(said["description"]) };
    const going = this.statuses.find((each) => isGoing(each) && isSame(each, own));
    if (going !== undefined && (looks.state === going.state || looks.state === "pending"))
      return { status: 400, body: { message: `Cannot transition status via :run from :${going.state}` } };
    const pipeline = typeof said["pipeline_id"] === "number" ? said["pipeline_id"] : null;
    if (going === undefined) this.statuses.push({ ...own, pipeline, ...looks });
    else Object.assign(going, looks);
    return { status: 201, body: { id: (this.#lastId += 1), status: looks.state } };
  }

  /** One that is named must be of that commit and that ref. Source: `Ci::CreateCommitStatusService` of GitLab */
  #hasPipeline(id: unknown, { sha, ref }: Pick<FakeStatus, "sha" | "ref">): boolean {
    const all = [...this.mergeRequests.values()].map(({ pipeline }) => pipeline);
    return id === undefined || all.some((one) => one?.id === id && one.sha === sha && one.ref === ref);
  }

  #deploy({ said }: Asked): Answered {
    const [sha, ref] = [textOf(said["sha"]), textOf(said["ref"])];
    const state = { environment: textOf(said["environment"]), status: textOf(said["status"]) };
    const made = { id: (this.#lastId += 1), sha, ref, ...state };
    this.deployments.push(made);
    return { status: 201, body: made };
  }

  #changeDeployment({ params, said }: Asked): Answered {
    const deployment = this.deployments.find(({ id }) => id === Number(params["deployment"]));
    if (deployment === undefined) return NOT_FOUND;
    if (deployment.status === said["status"])
      return this.#violate(400, `a deployment that is ${deployment.status} cannot become that`);
    deployment.status = textOf(said["status"]);
    return ok(deployment);
  }

  #makeIssue({ said }: Asked): Answered {
    const text = { title: textOf(said["title"]), description: textOf(said["description"]) };
    const made = { iid: this.issues.length + 1, ...text, state: "opened" };
    this.issues.push(made);
    return { status: 201, body: made };
  }

  #changeIssue({ params, said }: Asked): Answered {
    const issue = this.issues.find(({ iid }) => iid === Number(params["iid"]));
    if (issue === undefined) return NOT_FOUND;
    Object.assign(issue, { title: said["title"], description: said["description"] });
    issue.state = said["state_event"] === "close" ? "closed" : "opened";
    return ok(issue);
  }
}

function ok(body: unknown): Answered {
  return { status: 200, body };
}

function found(body: unknown): Answered {
  return body === undefined ? NOT_FOUND : ok(body);
}

function paged(all: readonly unknown[], said: Payload): Answered {
  const [size, page] = [Number(said["per_page"] ?? 20), Number(said["page"] ?? 1)];
  return ok(all.slice(size * (page - 1), size * page));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isGoing({ state }: FakeStatus): boolean {
  return state === "pending" || state === "running";
}

function isSame(one: FakeStatus, other: Pick<FakeStatus, "project" | "sha" | "ref">): boolean {
  return one.project === other.project && one.sha === other.sha && one.ref === other.ref;
}

function now(): string {
  return new Date().toISOString();
}
