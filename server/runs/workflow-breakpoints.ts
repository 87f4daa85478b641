import { actorText, hasStep } from "@headwater/engine";
import type { Actor, BreakpointChange, WorkflowBreakpoint } from "@headwater/engine";
import type { ChangeFeed } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";
import { ServiceError } from "../errors.js";
import type { Store, WorkflowBreakpointRow, WorkflowKey, WorkflowRow } from "../store/store.js";
import { laneOf } from "./lanes.js";
import type { WorkflowPauses } from "./workflow-pauses.js";

export interface WorkflowBreakpointsOptions {
  readonly store: Pick<Store, "setBreakpoint" | "clearBreakpoint" | "listOpenBreakpoints" | "findVersion">;
  readonly clock: Pick<Clock, "now">;
  readonly feed: Pick<ChangeFeed, "publish">;
  /** An event of a workflow says whether it is paused, whatever the event is about. */
  readonly pauses: Pick<WorkflowPauses, "find">;
  /** A workflow has other breakpoints now: runs of it that are going should know. */
  readonly onChanged: (key: WorkflowKey, change?: BreakpointChange) => void;
}

/** The breakpoints that somebody has set for all runs of a workflow, whatever is deployed, until somebody takes them away. */
export class WorkflowBreakpoints {
  readonly #options: WorkflowBreakpointsOptions;
  /** By lane. */
  #open: ReadonlyMap<string, readonly WorkflowBreakpointRow[]> = new Map();

  constructor(options: WorkflowBreakpointsOptions) {
    this.#options = options;
  }

  /** Before the first run may begin. */
  async start(): Promise<void> {
    const open = new Map<string, WorkflowBreakpointRow[]>();
    for (const row of await this.#options.store.listOpenBreakpoints()) {
      const known = open.get(laneOf(row));
      if (known === undefined) open.set(laneOf(row), [row]);
      else known.push(row);
    }
    this.#open = open;
  }

  async stop(): Promise<void> {}

  /** Those of a workflow, in the order in which they were set. */
  list(key: WorkflowKey): readonly WorkflowBreakpoint[] {
    return this.#rowsOf(key).map(({ step, by, reason }) => ({ step, by, reason }));
  }

  /** It is durable when this resolves. @throws ServiceError step-not-found, action-not-allowed, store-waiting */
  async set(workflow: WorkflowRow, step: string, actor: Actor): Promise<void> {
    const version = await this.#options.store.findVersion(workflow.versionId);
    const words = `Cannot set a breakpoint at step "${step}" of "${workflow.project}/${workflow.workflow}"`;
    if (version !== null && !hasStep(version.definition, step)) {
      const problem = "the version that is deployed has no such step; name it without iterations: load.copy";
      throw new ServiceError("step-not-found", `${words}: ${problem}`);
    }
    const isNew = await this.#options.store.setBreakpoint(this.#rowOf(workflow, step, actor));
    await this.#learn(workflow, isNew ? { step, ...actor, isSet: true } : undefined);
    if (isNew) return;
    const known = this.#rowsOf(workflow).find((one) => one.step === step);
    const who = known === undefined ? "" : `, set ${actorText(known)}`;
    throw new ServiceError("action-not-allowed", `${words}: it has one already${who}`);
  }

  /** What it held goes on. It is durable when this resolves. @throws ServiceError action-not-allowed, store-waiting */
  async clear(key: WorkflowKey, step: string, actor: Actor): Promise<void> {
    const wasThere = await this.#options.store.clearBreakpoint(this.#rowOf(key, step, actor));
    await this.#learn(key, wasThere ? { step, ...actor, isSet: false } : undefined);
    if (wasThere) return;
    const steps = this.#rowsOf(key).map((one) => one.step);
    const others =
      steps.length === 0 ? "its workflow has none" : `those of its workflow: ${steps.join(", ")}`;
    throw new ServiceError(
      "action-not-allowed",
      `Cannot clear the breakpoint at step "${step}" of "${key.project}/${key.workflow}": it has none; ${others}`,
    );
  }

  #rowsOf(key: WorkflowKey): readonly WorkflowBreakpointRow[] {
    return this.#open.get(laneOf(key)) ?? [];
  }

  #rowOf(
    { project, environment, workflow }: WorkflowKey,
    step: string,
    { by, reason }: Actor,
  ): Omit<WorkflowBreakpointRow, "cleared"> {
    return { project, environment, workflow, step, by, reason, at: this.#options.clock.now() };
  }

  /** What is durable counts, also where a write came through whose answer was lost. */
  async #learn(key: WorkflowKey, change?: BreakpointChange): Promise<void> {
    await this.start();
    this.#options.onChanged(key, change);
    const { project, environment, workflow } = key;
    const status = this.#options.pauses.find(key) === null ? "active" : "paused";
    this.#options.feed.publish([{ kind: "workflow", project, environment, workflow, status }]);
  }
}
