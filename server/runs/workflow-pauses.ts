import { actorText } from "@headwater/engine";
import type { Actor } from "@headwater/engine";
import type { ChangeFeed } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";
import { ServiceError } from "../errors.js";
import type { Store, WorkflowKey, WorkflowPauseRow } from "../store/store.js";
import { laneOf } from "./lanes.js";

export interface WorkflowPausesOptions {
  readonly store: Pick<Store, "pauseWorkflow" | "resumeWorkflow" | "listPausedWorkflows" | "listPauses">;
  readonly clock: Pick<Clock, "now">;
  readonly feed: Pick<ChangeFeed, "publish">;
  /** A workflow goes on: its queued runs may begin, its schedules fire. */
  readonly onResumed: (key: WorkflowKey) => unknown;
}

/**
 * The workflows that somebody has paused: of those no queued run begins and no schedule fires, whatever is deployed, until
 * somebody resumes them. Runs that are going go on.
 */
export class WorkflowPauses {
  readonly #options: WorkflowPausesOptions;
  /** By lane. */
  readonly #paused = new Map<string, WorkflowPauseRow>();

  constructor(options: WorkflowPausesOptions) {
    this.#options = options;
  }

  /** Before the first run may begin. */
  async start(): Promise<void> {
    for (const row of await this.#options.store.listPausedWorkflows()) this.#paused.set(laneOf(row), row);
  }

  async stop(): Promise<void> {}

  /** Who has paused a workflow; null while it goes on. */
  find(key: WorkflowKey): WorkflowPauseRow | null {
    return this.#paused.get(laneOf(key)) ?? null;
  }

  /** It is durable when this resolves. @throws ServiceError action-not-allowed, store-waiting */
  async pause(key: WorkflowKey, actor: Actor): Promise<void> {
    const isNew = await this.#options.store.pauseWorkflow(this.#rowOf(key, actor));
    const pause = await this.#learn(key);
    if (isNew) return this.#tell(key, "paused");
    throw refusal(key, {
      verb: "pause",
      problem: `it is paused already${pause === null ? "" : ` ${actorText(pause)}`}`,
    });
  }

  /** It is durable when this resolves. @throws ServiceError action-not-allowed, store-waiting */
  async resume(key: WorkflowKey, actor: Actor): Promise<void> {
    const wasPaused = await this.#options.store.resumeWorkflow(this.#rowOf(key, actor));
    if ((await this.#learn(key)) === null) this.#options.onResumed(key);
    if (wasPaused) return this.#tell(key, "active");
    throw refusal(key, { verb: "resume", problem: "it is not paused" });
  }

  #rowOf(
    { project, environment, workflow }: WorkflowKey,
    { by, reason }: Actor,
  ): Omit<WorkflowPauseRow, "resumed"> {
    return { project, environment, workflow, by, reason, at: this.#options.clock.now() };
  }

  /** What is durable counts, also where a write came through whose answer was lost. */
  async #learn(key: WorkflowKey): Promise<WorkflowPauseRow | null> {
    const [latest] = await this.#options.store.listPauses(key, 1);
    if (latest === undefined || latest.resumed !== null) this.#paused.delete(laneOf(key));
    else this.#paused.set(laneOf(key), latest);
    return this.find(key);
  }

  #tell({ project, environment, workflow }: WorkflowKey, status: "paused" | "active"): void {
    this.#options.feed.publish([{ kind: "workflow", project, environment, workflow, status }]);
  }
}

function refusal(
  { project, workflow }: WorkflowKey,
  { verb, problem }: { readonly verb: string; readonly problem: string },
): ServiceError {
  return new ServiceError("action-not-allowed", `Cannot ${verb} "${project}/${workflow}": ${problem}`);
}
