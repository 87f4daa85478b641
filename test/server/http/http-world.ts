import { createEvaluator, createScheduleReader } from "@headwater/workflow";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  Deployment,
  LogLine,
  Permit,
  Pool,
  Run,
  SignalAudience,
  Step,
  Version,
  Wait,
  Workflow,
  WorkflowDetail,
} from "@headwater/api";
import type { Capacity } from "#server/capacity/capacity.js";
import { LocalCapacity } from "#server/capacity/local-capacity.js";
import { PermitLimits } from "#server/capacity/permit-limits.js";
import { createChangeFeed, type ChangeFeed } from "#server/changes/change-feed.js";
import { systemClock } from "#server/clock.js";
import { ServiceError } from "#server/errors.js";
import { createBackfills } from "#server/triggers/backfills/create-backfills.js";
import { createHttpServer } from "#server/http/create-http-server.js";
import { systemIds } from "#server/ids.js";
import { createRegistry } from "#server/registry/create-registry.js";
import { Compilers } from "#server/review/compiler/compilers.js";
import { GithubReviews } from "#server/review/github/github-reviews.js";
import { GitlabReviews } from "#server/review/gitlab/gitlab-reviews.js";
import { WorkflowBreakpoints } from "#server/runs/workflow-breakpoints.js";
import { WorkflowPauses } from "#server/runs/workflow-pauses.js";
import type { Source } from "#server/source/source.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import type { HttpDependencies } from "#server/http/http-dependencies.js";
import type { RunRow, Store, StoreHealth } from "#server/store/store.js";
import { newRun, repositoryRow } from "../store/store-rows.js";

/** The real server on the real store, with runs and repositories that are only rows. */
export interface HttpWorld {
  readonly url: string;
  readonly store: Store;
  readonly capacity: Capacity;
  readonly feed: ChangeFeed;
  readonly dataFolder: string;
  /** URLs that hooks hinted at; null stands for every repository. */
  readonly hints: (string | null)[];
  /** The refs that they told of, beside the URLs. */
  readonly refs: (string | null)[];
  /** Signals that someone was told of. */
  readonly told: { signals: number };
  readonly canceled: string[];
  /** What went wrong inside, as the log has it. */
  readonly logged: string[];
  /** All parts are up. */
  open(): void;
  /** The service begins to stop. */
  close(): void;
  /** From now on the store says that it waits. */
  fillDisk(): void;
  ask(
    path: string,
    request?: RequestInit,
  ): Promise<{ readonly status: number; readonly body: Answer; readonly headers: Headers }>;
  stop(): Promise<void>;
}

/** Every field that some route answers with; a test reads those of the route it asks. */
export interface Answer {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly data: Readonly<Record<string, string>>;
  };
  readonly id: string;
  readonly name: string;
  readonly historyBegin: number | null;
  readonly next: string;
  readonly params: object;
  readonly definition: { readonly id: string };
  readonly paths: Readonly<Record<string, object>>;
  readonly schedules: readonly object[];
  readonly runs: readonly Run[];
  readonly deployments: readonly Deployment[];
  readonly reason: string | null;
  readonly steps: readonly Step[];
  readonly versions: readonly Version[];
  readonly workflows: readonly Workflow[];
  readonly lines: readonly LogLine[];
  readonly permits: readonly Permit[];
  readonly pools: readonly Pool[];
  readonly paused: Workflow["paused"];
  readonly pauses: readonly (Paused & { readonly resumed: Paused | null })[];
  readonly breakpoints: WorkflowDetail["breakpoints"];
  readonly signals: readonly { readonly id: number; readonly isNew: boolean }[];
  readonly heard: SignalAudience;
  readonly environments: readonly { readonly name: string; readonly projects: number }[];
  readonly nextFireAt: number | null;
  readonly waits: readonly Wait[];
  readonly nextOffset: number;
  readonly ended: boolean;
}

type Paused = NonNullable<Workflow["paused"]>;

export interface HttpWorldOptions {
  readonly token?: string;
  readonly hookSecrets?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  readonly port?: number;
  readonly remembered?: number;
  readonly secrets?: Readonly<Record<string, string>>;
  /** True: the other parts of the service are not up until `open`. */
  readonly isStarting?: boolean;
}

/** A test in a world of its own. */
export function withWorld(
  test: (world: HttpWorld) => Promise<void>,
  options: HttpWorldOptions = {},
): () => Promise<void> {
  return async () => {
    const world = await createHttpWorld(options);
    try {
      await test(world);
    } finally {
      await world.stop();
    }
  };
}

export async function createHttpWorld(options: HttpWorldOptions = {}): Promise<HttpWorld> {
  const dataFolder = mkdtempSync(join(tmpdir(), "headwater-http-"));
  const feed = createChangeFeed({ boot: "boot", remembered: options.remembered ?? 100 });
  let health: StoreHealth = { status: "ok" };
  const sqlite = createSqliteStore({ dataFolder, clock: systemClock });
  const store: Store = Object.assign(sqlite, { health: () => health });
  const hints: (string | null)[] = [];
  const refs: (string | null)[] = [];
  const told = { signals: 0 };
  const canceled: string[] = [];
  const logged: string[] = [];
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (message: string, fields: object = {}) => void logged.push(`${message} ${JSON.stringify(fields)}`),
  };
  const capacity = new LocalCapacity({ pools: { default: 2 }, clock: systemClock });
  const permits = new PermitLimits({
    store,
    capacity,
    clock: systemClock,
    configured: { configured_api: 4 },
  });
  const pauses = new WorkflowPauses({
    store,
    clock: systemClock,
    feed,
    onResumed: ({ workflow }) => void canceled.push(`${workflow} goes on`),
  });
  const breakpoints = new WorkflowBreakpoints({
    store,
    clock: systemClock,
    feed,
    pauses,
    onChanged: ({ workflow }) => void canceled.push(`${workflow} has other breakpoints`),
  });
  const runs = runsOf(store, canceled);
  const source = sourceOf(store, { hints, refs });
  const reviewing = {
    store,
    source,
    feed,
    log,
    dataFolder,
    previews: { begin: () => Promise.reject(new TypeError("no run")), end: async () => undefined },
    compilers: new Compilers({ clock: systemClock }),
    github: null,
    gitlab: null,
    publicUrl: null,
    clock: systemClock,
    ids: systemIds,
  };
  const server = createHttpServer({
    review: new GithubReviews(reviewing),
    gitlab: new GitlabReviews(reviewing),
    config: {
      publicUrl: null,
      host: "127.0.0.1",
      port: options.port ?? 0,
      token: options.token ?? null,
      hookSecrets: options.hookSecrets ?? [],
      allowedOrigins: options.allowedOrigins ?? [],
      dataFolder,
    },
    store,
    source,
    registry: createRegistry({
      dataFolder,
      readBuild: async () => null,
      store,
      source,
      clock: systemClock,
      ids: systemIds,
      feed,
      log,
    }),
    runs,
    backfills: createBackfills({
      store,
      runs: { ...runs, adopt: () => undefined },
      clock: systemClock,
      ids: systemIds,
      feed,
      log,
      evaluator: createEvaluator(),
      scheduleReader: createScheduleReader(),
      branches: { readBranch: () => Promise.reject(new ServiceError("branch-not-found", "No Git is here")) },
    }),
    pauses,
    breakpoints,
    capacity,
    permits,
    alerts: {
      problems: async () => ['slack #growth-data: the service has no secret "SLACK_TOKEN"'],
      test: async () => [
        { channel: "slack", to: "#growth-data", error: "it has not answered in time" },
        { channel: "email", to: "ann@example.com", error: null },
      ],
    },
    feed,
    clock: systemClock,
    log,
    readSecret: async (name) => options.secrets?.[name] ?? null,
    onSignal: () => void (told.signals += 1),
  });
  await store.start();
  await permits.start();
  const remove = async (): Promise<void> => {
    await server.stop();
    await store.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  };
  const { url } = await server.start().catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  if (options.isStarting !== true) server.open();
  return {
    url,
    open: () => server.open(),
    close: () => server.close(),
    store,
    capacity,
    feed,
    dataFolder,
    hints,
    refs,
    told,
    canceled,
    logged,
    fillDisk: () => void (health = { status: "waiting", since: 5, reason: "the disk is full" }),
    async ask(path, request) {
      const response = await fetch(url + path, request);
      return { status: response.status, body: (await response.json()) as Answer, headers: response.headers };
    },
    stop: remove,
  };
}

/** Sends a value as JSON. */
export function post(body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

function sourceOf(
  store: Store,
  { hints, refs }: { readonly hints: (string | null)[]; readonly refs: (string | null)[] },
): Source {
  const find = async (nameOrId: string) => {
    const rows = await store.listRepositories();
    const row = rows.find(({ name, id }) => name === nameOrId || id === nameOrId);
    if (row === undefined)
      throw new ServiceError("repository-not-found", `Cannot find repository "${nameOrId}"`);
    return row;
  };
  const unused = async (): Promise<never> => {
    throw new ServiceError("internal", "no route asks for trees");
  };
  return {
    start: async () => undefined,
    stop: async () => undefined,
    async addRepository({ url, branch = "main", name = "flights" }) {
      const row = repositoryRow({ id: `repo_${name}`, name, url, branch });
      await store.saveRepository(row);
      return row;
    },
    async changeRepository(nameOrId, change) {
      const before = await find(nameOrId);
      const { url = before.url, branch = before.branch, name = before.name } = change;
      const row = { ...before, url, branch, name };
      await store.saveRepository(row);
      return row;
    },
    async removeRepository(nameOrId) {
      await store.removeRepository((await find(nameOrId)).id);
    },
    syncRepository: find,
    checkDeclared: () => undefined,
    async hint(url, ref = null) {
      hints.push(url);
      refs.push(ref);
      return 1;
    },
    redirectOf: () => null,
    readTree: unused,
    checkOut: unused,
    endRun: () => undefined,
    tidy: async () => 0,
    describeCommit: unused,
    readRewritten: unused,
    findCommit: unused,
    keepCommit: unused,
    fetchBranch: unused,
    checkSignature: unused,
    forgetPreview: async () => undefined,
    previewMerge: unused,
  };
}

function runsOf(store: Store, canceled: string[]): HttpDependencies["runs"] {
  return {
    async startRun({ key, params, by, requestId }) {
      const workflow = await store.findWorkflow(key);
      if (workflow === null) throw new ServiceError("workflow-not-found", `Cannot start "${key.workflow}"`);
      const id = systemIds.next("run", 1);
      const triggerKey = requestId ?? null;
      const trigger = { kind: "manual", by } as const;
      const [row] = await store.createRuns([newRun(id, { ...key, params, trigger, triggerKey })]);
      return row ?? ((await store.findRunByTriggerKey(requestId ?? "")) as RunRow);
    },
    async actOnRun(runId, request) {
      canceled.push(request.kind === "cancel" ? runId : `${runId} ${JSON.stringify(request)}`);
    },
    async restartRun(runId, request) {
      canceled.push(`${runId} restart ${JSON.stringify(request)}`);
    },
    lookAt: () => null,
    queueReason: () => "waits for run 12",
    async unblock(key, actor) {
      const blocking = await store.findBlockingRun(key);
      if (blocking === null)
        throw new ServiceError("workflow-not-blocked", `Cannot unblock "${key.workflow}"`);
      await store.unblockRun(blocking.id, { ...actor, at: 1 });
      return (await store.findRun(blocking.id)) ?? blocking;
    },
    async answerApproval(runId, { path, approved }) {
      canceled.push(`${runId} ${path} ${approved}`);
    },
    explain: (_, step) => [
      {
        step: step ?? "load.copy",
        path: step ?? "load[0].copy",
        on: "worker",
        count: step === undefined ? 1200 : 1,
        since: 1,
        reason: "waits for one of 2 slots of the pool default; 3 ahead",
        ends: "a step gives back a slot of the pool default",
        capacity: { lacks: [], ahead: 3, owner: "ann", share: { used: 1, due: 0.5 } },
      },
    ],
    async criticalPath({ createdAt: from }) {
      const to = from + 9;
      return { from, to, spent: { turn: 9 }, parts: [], steps: [] };
    },
    waitReason: (_, path) => (path === "queued" ? "2 ahead" : null),
  };
}
