import { resolveParams } from "@headwater/engine";
import type { Effect, RunEvent } from "@headwater/engine";
import { dueAt } from "@headwater/workflow";
import type { Expectation, ScheduleReader } from "@headwater/workflow";
import type { Clock } from "../clock.js";
import type { Ids } from "../ids.js";
import type { RunChain } from "../store/run-trigger.js";
import type { NewRun, RunRow, Store, VersionRow } from "../store/store.js";
import { handedDown } from "./attempt-needs.js";
import type { Versions } from "./versions.js";

export interface ChildRunsOptions {
  readonly store: Pick<
    Store,
    "createRuns" | "findRun" | "findWorkflow" | "findRunByTriggerKey" | "findVersionAt"
  >;
  readonly versions: Versions;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly scheduleReader: Pick<ScheduleReader, "nextFire">;
  /** Takes over a run that was created. */
  readonly adopt: (runs: readonly RunRow[]) => void;
  /** Stops a run; false when it has ended. */
  readonly cancel: (
    runId: string,
    request: { readonly by: string; readonly reason: string },
  ) => Promise<boolean>;
  readonly post: (runId: string, event: RunEvent) => void;
  /** Tells a run how the one stands that waits for it. */
  readonly tellNested: (runId: string, event: ParentEvent) => Promise<void>;
}

/** How the run stands that waits for another one. */
export type ParentEvent = Extract<RunEvent, { readonly kind: "parent_paused" | "parent_resumed" }>;

/** What a run of the workflow that is asked for is like. */
interface ChildKind {
  readonly version: VersionRow;
  /** Of the run that asks. */
  readonly maxParallelSteps: number | null;
  readonly expect: Expectation | null;
}

/** So many runs may start each other through steps; more are taken for a circle, which would never end. */
const DEPTH_MAX = 100;

type StartRun = Effect & { readonly kind: "start_run" };
type CancelRun = Effect & { readonly kind: "cancel_run" };
type ParentChange = Effect & { readonly kind: "pause_run" | "resume_run" };
type Step = Pick<StartRun, "path" | "attempt">;

/**
 * The runs that steps of other runs ask for. Each has a trigger key made of the run, the step and the attempt that ask, so
 * that asking again, as every start of the service does, finds the one that is there:
 *
 *   start_run → is there a run with the key? → no: create it → run_started → … it ends → run_ended
 */
export class ChildRuns {
  readonly #options: ChildRunsOptions;
  /** What is being done about a key: one thing after the other, so that a cancellation finds what it cancels. */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(options: ChildRunsOptions) {
    this.#options = options;
  }

  start(parent: RunRow, effect: StartRun): void {
    this.#inOrder(parent, effect, () => this.#start(parent, effect));
  }

  cancel(parent: RunRow, effect: CancelRun): void {
    this.#inOrder(parent, effect, () => this.#cancel(parent, effect));
  }

  /** A run was paused, or goes on: the one that its step waits for hears it. */
  tellParent(parent: RunRow, effect: ParentChange): void {
    // One that cannot be told now is told by the next start of the service.
    this.#inOrder(parent, effect, () => this.#tellParent(parent, effect).catch(() => undefined));
  }

  /** The run has ended: the one that waits for it hears it. When that one is not here, it will ask again. */
  tellEnd({ trigger, status, reason, outputs }: RunRow): void {
    if (trigger.kind !== "step") return;
    const { runId, path, attempt } = trigger;
    this.#options.post(runId, { kind: "run_ended", path, attempt, status, reason, outputs: outputs ?? {} });
  }

  /** The run that is to be canceled was never created. */
  tellNone(parent: RunRow, { path, attempt }: Step): void {
    const ended = { status: "canceled", reason: null, outputs: {} } as const;
    this.#options.post(parent.id, { kind: "run_ended", path, attempt, ...ended });
  }

  #inOrder(parent: RunRow, effect: StartRun | CancelRun | ParentChange, work: () => Promise<void>): void {
    const key = triggerKeyOf(parent, effect.key);
    const before = this.#underWay.get(key) ?? Promise.resolve();
    const done = before.then(work).catch((error: unknown) => {
      this.#fail(parent, effect, `Cannot run another workflow: ${String(error)}`);
    });
    this.#underWay.set(key, done);
    void done.then(() => {
      if (this.#underWay.get(key) === done) this.#underWay.delete(key);
    });
  }

  async #start(parent: RunRow, effect: StartRun): Promise<void> {
    const { store, post } = this.#options;
    const key = triggerKeyOf(parent, effect.key);
    const run = (await store.findRunByTriggerKey(key)) ?? (await this.#create(parent, effect));
    const { path, attempt } = effect;
    if (run === null) {
      const problem = `the commit ${parent.commit.slice(0, 8)} has no workflow "${effect.workflow}"`;
      return this.#fail(parent, effect, problem);
    }
    post(parent.id, { kind: "run_started", path, attempt, runId: run.id });
    if (run.endedAt !== null) this.tellEnd(run);
  }

  async #create(parent: RunRow, effect: StartRun): Promise<RunRow | null> {
    const { store, versions, adopt } = this.#options;
    const key = { ...parent, workflow: effect.workflow };
    const versionId = await store.findVersionAt(key, parent.commit);
    if (versionId === null) return null;
    const version = await versions.read(versionId);
    const { maxParallelSteps } = (await versions.read(parent.versionId)).definition;
    const expect = (await store.findWorkflow(key))?.properties.expect ?? null;
    const created = await store.createRuns([
      this.#newRun(parent, effect, { version, maxParallelSteps, expect }),
    ]);
    adopt(created);
    return created[0] ?? store.findRunByTriggerKey(triggerKeyOf(parent, effect.key));
  }

  #newRun(parent: RunRow, effect: StartRun, { version, maxParallelSteps, expect }: ChildKind): NewRun {
    const { clock, ids, scheduleReader } = this.#options;
    const { project, environment, commit, repositoryId, scheduledAt } = parent;
    const { workflow, params, path, attempt } = effect;
    const createdAt = clock.now();
    const id = ids.next("run", createdAt);
    const context = { id, scheduledAt, createdAt, trigger: "step", commit, environment };
    const resolved = resolveParams(version.definition, params, context);
    const { depth, root } = chainOf(parent);
    const trigger = {
      kind: "step",
      runId: parent.id,
      path,
      attempt,
      depth: depth + 1,
      root,
      ...handedDown(parent, effect, maxParallelSteps),
    } as const;
    const problem = depthProblem(trigger.depth) ?? (resolved.ok ? null : inWords(resolved.problems));
    return {
      id,
      project,
      environment,
      workflow,
      versionId: version.id,
      commit,
      repositoryId,
      trigger,
      triggerKey: triggerKeyOf(parent, effect.key),
      params: resolved.ok ? resolved.params : params,
      scheduledAt,
      createdAt,
      dueAt: dueAt(scheduleReader, expect, { scheduledAt, createdAt }),
      ...(problem === null ? {} : { failedReason: problem }),
    };
  }

  async #cancel(parent: RunRow, effect: CancelRun): Promise<void> {
    const { store, cancel } = this.#options;
    const run = await store.findRunByTriggerKey(triggerKeyOf(parent, effect.key));
    if (run === null) return this.tellNone(parent, effect);
    const request = { by: `run ${parent.number} of ${parent.workflow}`, reason: "its step was stopped" };
    if (run.endedAt === null && (await cancel(run.id, request))) return;
    const ended = await store.findRun(run.id);
    if (ended !== null && ended.endedAt !== null) this.tellEnd(ended);
  }

  async #tellParent(parent: RunRow, effect: ParentChange): Promise<void> {
    const run = await this.#options.store.findRunByTriggerKey(triggerKeyOf(parent, effect.key));
    if (run === null || run.endedAt !== null) return;
    const { by } = effect;
    if (effect.kind === "resume_run") {
      const reason = `run ${parent.number} of ${parent.workflow}, which waits for it, goes on`;
      return this.#options.tellNested(run.id, { kind: "parent_resumed", by, reason });
    }
    const why = effect.reason === "" ? "" : `: ${effect.reason}`;
    const reason = `with run ${parent.number} of ${parent.workflow}, which waits for it${why}`;
    return this.#options.tellNested(run.id, { kind: "parent_paused", pause: effect.pause, by, reason });
  }

  #fail(parent: RunRow, { path, attempt }: Step, reason: string): void {
    const ended = { status: "failed", reason, outputs: {} } as const;
    this.#options.post(parent.id, { kind: "run_ended", path, attempt, ...ended });
  }
}

function triggerKeyOf({ id }: RunRow, key: string): string {
  return `step:${id}:${key}`;
}

function chainOf({ trigger }: RunRow): RunChain {
  return "depth" in trigger ? trigger : { depth: 0, root: null };
}

function depthProblem(depth: number): string | null {
  if (depth <= DEPTH_MAX) return null;
  return `more than ${DEPTH_MAX} runs have started each other: break the circle, or give the step a condition`;
}

function inWords(problems: readonly { readonly param: string; readonly message: string }[]): string {
  return problems.map(({ param, message }) => `param "${param}" ${message}`).join("; ");
}
