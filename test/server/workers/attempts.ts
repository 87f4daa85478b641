import type { PluginModule } from "#server/steps/plugins/find-plugins.js";
import type { AttemptRequest, AttemptResult } from "@headwater/engine";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath } from "node:process";
import { gunzipSync } from "node:zlib";
import { systemClock } from "#server/clock.js";
import { systemIds } from "#server/ids.js";
import { createLocalWorkers, type LocalWorkers } from "#server/workers/local-workers.js";
import type { Attempt } from "#server/steps/step-context.js";

type RequestOf<Kind extends AttemptRequest["kind"]> = Extract<AttemptRequest, { readonly kind: Kind }>;

/** A folder of its own, workers on it, and the attempts that a test makes; `close` leaves nothing. */
export interface World {
  readonly folder: string;
  readonly tree: string;
  readonly workers: LocalWorkers;
  attempt(request: AttemptRequest): Attempt;
  /** Executes to the end, never canceled. */
  execute(request: AttemptRequest): Promise<AttemptResult>;
  /** The log of the attempt that was made last, without times. */
  log(): string;
  close(): Promise<void>;
}

const DEFAULTS = {
  maxLogBytes: 1024 * 1024,
  killAfterMs: 5000,
  stepEnv: [],
  httpHosts: [],
  containers: "auto",
  secretsFile: null,
  plugins: {},
} as const;

export async function openWorld(
  options: {
    readonly maxLogBytes?: number;
    readonly killAfterMs?: number;
    readonly environment?: Readonly<Record<string, string>>;
    readonly stepEnv?: readonly string[];
    readonly httpHosts?: readonly string[];
    /** Put before the PATH of steps; its name is within the world's folder. */
    readonly bin?: string;
    readonly secretsFile?: string;
    /** Modules by name. */
    readonly plugins?: Readonly<Record<string, PluginModule>>;
    /** Gives up the start. */
    readonly interrupt?: AbortSignal;
    readonly containers?: "auto" | "podman" | "docker" | "off";
    readonly spawn?: "posix" | "node";
    /** An earlier world's, to be used again. */
    readonly folder?: string;
  } = {},
): Promise<World> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "headwater-workers-"));
  const tree = join(folder, "tree");
  mkdirSync(tree, { recursive: true });
  const workers = createLocalWorkers({
    config: {
      ...DEFAULTS,
      ...options,
      dataFolder: folder,
      environment: {
        PATH: [...(options.bin === undefined ? [] : [join(folder, options.bin)]), process.env["PATH"]].join(
          ":",
        ),
        ...options.environment,
      },
    },
    clock: systemClock,
    ids: systemIds,
    nodePath: execPath,
    spawn: options.spawn,
  });
  await workers.start(options.interrupt);
  let last = 0;
  const logFile = (): string => join(folder, "logs", "run", "step", `${last}.log`);
  const attempt = (request: AttemptRequest): Attempt => {
    last += 1;
    return {
      runId: "run",
      path: "step",
      attempt: last,
      request,
      variables: { HEADWATER_RUN_ID: "run" },
      secretScope: "live",
      tree: async () => tree,
      dataFolder: join(folder, "data"),
      logFile: logFile(),
      outputFile: join(folder, "outputs", `step.${last}`),
    };
  };
  return {
    folder,
    tree,
    workers,
    attempt,
    execute: (request) => workers.execute(attempt(request), new AbortController(), () => undefined),
    log: () => readWhole(logFile()).replaceAll(/^\S+ /gm, ""),
    close: async () => {
      await workers.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A log in either form: it may be compressed at any moment. */
function readWhole(logFile: string): string {
  try {
    return readFileSync(logFile, "utf8");
  } catch {
    return existsSync(`${logFile}.gz`) ? gunzipSync(readFileSync(`${logFile}.gz`)).toString() : "";
  }
}

export function runRequest(script: string, rest: Partial<RequestOf<"run">> = {}): RequestOf<"run"> {
  return {
    kind: "run",
    script,
    shell: "sh",
    env: {},
    workingDirectory: null,
    image: null,
    resources: null,
    pool: null,
    timeoutMs: null,
    outputs: {},
    ...rest,
  };
}

export function sqlRequest(query: string, rest: Partial<RequestOf<"sql">> = {}): RequestOf<"sql"> {
  return {
    kind: "sql",
    server: null,
    query,
    params: {},
    pool: null,
    timeoutMs: null,
    outputs: {},
    ...rest,
  };
}

export function notebookRequest(
  file: string,
  rest: Partial<RequestOf<"notebook">> = {},
): RequestOf<"notebook"> {
  const defaults = { params: {}, image: null, resources: null, pool: null, timeoutMs: null, outputs: {} };
  return { kind: "notebook", file, ...defaults, ...rest };
}

export function pluginRequest(plugin: string, rest: Partial<RequestOf<"plugin">> = {}): RequestOf<"plugin"> {
  const defaults = { inputs: {}, secrets: {}, pool: null, timeoutMs: null, outputs: {} };
  return { kind: "plugin", plugin, ...defaults, ...rest };
}

export function httpRequest(url: string, rest: Partial<RequestOf<"http">> = {}): RequestOf<"http"> {
  const defaults = {
    method: "GET",
    headers: {},
    body: null,
    expect: [],
    poll: null,
    pool: null,
    timeoutMs: null,
    outputs: {},
  };
  return { kind: "http", url, ...defaults, ...rest };
}

/** Waits until the condition holds; the test's own timeout is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Whether the process runs; a zombie does not. */
export function isRunning(processId: number): boolean {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, "latin1");
    return !["Z", "X"].includes(stat.slice(stat.lastIndexOf(")") + 2)[0] ?? "X");
  } catch {
    return false;
  }
}
