import { resolveParams } from "@headwater/engine";
import type { Action, Actor, BoundVersion } from "@headwater/engine";
import type { Json } from "@headwater/workflow";
import { ServiceError } from "../errors.js";
import type { RunRow, Store } from "../store/store.js";
import type { LoadedRun } from "./run-loader.js";
import type { RunRequest } from "./run-actions.js";
import { runName } from "./run-name.js";
import { unknownWorkflow } from "./unknown-workflow.js";
import type { Versions } from "./versions.js";

/** What somebody wants to be done again. */
export interface RestartRequest extends Actor {
  readonly from: "beginning" | "incomplete" | "step";
  readonly path: string | null;
  /** Those that are to be others; the rest stays. */
  readonly params: Readonly<Record<string, Json>>;
  /** `latest`: what is deployed now. Null: what the run has. */
  readonly version: "latest" | number | null;
}

export interface RestartsOptions {
  readonly store: Pick<
    Store,
    "findRun" | "findWorkflow" | "listRepositories" | "listVersions" | "listWorkflows"
  >;
  readonly versions: Versions;
  readonly load: (row: RunRow) => Promise<LoadedRun>;
  /** Has a run here that has ended. @throws ServiceError internal when its journal does not lead to what its row says */
  readonly takeEnded: (loaded: LoadedRun) => void;
  /** Lets it go where it has not been restarted. */
  readonly release: (runId: string) => void;
  /** Why it may not queue beside the others of its workflow, in words; null when it may. */
  readonly turnProblem: (row: RunRow) => string | null;
  readonly act: (runId: string, request: RunRequest) => Promise<void>;
}

/**
 * Restarts runs. One that has ended is loaded from its journal first, with the version that it began with; the event that
 * restarts it holds what it is bound to from then on. One restart after the other, so that of two the second finds the run queued.
 */
export class Restarts {
  readonly #options: RestartsOptions;
  #last: Promise<void> = Promise.resolve();

  constructor(options: RestartsOptions) {
    this.#options = options;
  }

  /** @throws ServiceError as `RunActions.act`, workflow-not-found, version-not-found, invalid-params */
  restart(runId: string, request: RestartRequest): Promise<void> {
    const done = this.#last.then(() => this.#restart(runId, request));
    this.#last = done.catch(() => undefined);
    return done;
  }

  /**
   * Does something to a run that may have ended, which sets it going again, as skipping a step that failed does.
   * @throws ServiceError as `RunActions.act`
   */
  revive(runId: string, request: RunRequest): Promise<void> {
    const done = this.#last.then(() => this.#revive(runId, request));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #revive(runId: string, request: RunRequest): Promise<void> {
    const { store, act, release } = this.#options;
    const row = await store.findRun(runId);
    if (row !== null && row.endedAt !== null) await this.#takeEnded(row);
    try {
      await act(runId, request);
    } finally {
      release(runId);
    }
  }

  async #restart(runId: string, request: RestartRequest): Promise<void> {
    const row = await this.#options.store.findRun(runId);
    if (row === null) {
      throw new ServiceError("run-not-found", `Cannot restart run "${runId}": there is no such run`);
    }
    const { by, reason } = request;
    const action = await this.#actionOf(row, request);
    await this.#revive(runId, { kind: "action", action, by, reason });
  }

  async #takeEnded(row: RunRow): Promise<void> {
    const { load, takeEnded, turnProblem } = this.#options;
    const problem = turnProblem(row) ?? (await this.#sourceProblem(row));
    if (problem !== null)
      throw new ServiceError("action-not-allowed", `Cannot restart run "${runName(row)}": ${problem}`);
    try {
      takeEnded(await load(row));
    } catch (cause) {
      if (!(cause instanceof ServiceError)) throw cause;
      const words = "the service gave it up, so that nobody knows how far it came; start a new run";
      throw new ServiceError("action-not-allowed", `Cannot restart run "${runName(row)}": ${words}`, {
        cause,
      });
    }
  }

  /** A run stays with the repository that it came from, also where another one has its workflow now. */
  async #sourceProblem({ repositoryId }: RunRow): Promise<string | null> {
    const repositories = await this.#options.store.listRepositories();
    if (repositories.some(({ id }) => id === repositoryId)) return null;
    return "its repository was removed, and with it the files of its commit; start a new run where its workflow is deployed again";
  }

  async #actionOf(row: RunRow, request: RestartRequest): Promise<Action> {
    const asked = await this.#versionOf(row, request.version);
    const version = asked?.id === row.versionId && asked.commit === row.commit ? null : asked;
    const params = await this.#paramsOf(row, { version, given: request.params });
    const { versionId, commit } = row;
    const isBound = version !== null || params !== null;
    return {
      name: "restart",
      from: request.from,
      path: request.path,
      params,
      version,
      previous: isBound ? { versionId, commit, params: row.params } : null,
    };
  }

  async #versionOf(row: RunRow, wanted: RestartRequest["version"]): Promise<BoundVersion | null> {
    if (wanted === null) return null;
    const { store, versions } = this.#options;
    if (wanted === "latest") {
      const workflow = await store.findWorkflow(row);
      const refused = `Cannot restart run "${runName(row)}" with the latest version: its workflow is not deployed`;
      if (workflow === null || workflow.removedAt !== null) throw await unknownWorkflow(store, row, refused);
      const { id, number, definition } = await versions.read(workflow.versionId);
      return { id, number, commit: workflow.commit, definition };
    }
    const found = (await store.listVersions(row)).find(({ number }) => number === wanted);
    if (found === undefined) {
      const problem = `its workflow has no version ${wanted}; "headwater versions" lists them`;
      throw new ServiceError("version-not-found", `Cannot restart run "${runName(row)}": ${problem}`);
    }
    const { id, number, commit, definition } = await versions.read(found.id);
    return { id, number, commit, definition };
  }

  /** All params, checked; null when they stay as they are. Those that the version has no more are left out. */
  async #paramsOf(
    row: RunRow,
    { version, given }: { readonly version: BoundVersion | null; readonly given: RestartRequest["params"] },
  ): Promise<RunRow["params"] | null> {
    const { definition } = version ?? (await this.#options.versions.read(row.versionId));
    const known = new Set(definition.params.map(({ name }) => name));
    const kept = Object.fromEntries(Object.entries(row.params).filter(([name]) => known.has(name)));
    const { id, scheduledAt, createdAt, commit, environment } = row;
    const context = { id, scheduledAt, createdAt, trigger: row.trigger.kind, commit, environment };
    const resolved = resolveParams(definition, { ...kept, ...given }, context);
    if (!resolved.ok) {
      const words = resolved.problems.map(({ param, message }) => `"${param}" ${message}`).join("; ");
      throw new ServiceError("invalid-params", `Cannot restart run "${runName(row)}": ${words}`);
    }
    return JSON.stringify(resolved.params) === JSON.stringify(row.params) ? null : resolved.params;
  }
}
