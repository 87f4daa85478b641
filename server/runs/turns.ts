import { actorText } from "@headwater/engine";
import type { Admission } from "@headwater/engine";
import type { WorkflowProperties } from "@headwater/workflow";
import type { Log } from "../log.js";
import { backfillOf } from "../store/run-trigger.js";
import type { RunRow, Store, WorkflowKey, WorkflowPauseRow } from "../store/store.js";
import { laneOf, Lanes, type LaneRun } from "./lanes.js";
import type { WorkflowPauses } from "./workflow-pauses.js";

export interface TurnsOptions {
  readonly store: Pick<Store, "findBlockingRun">;
  /** Of which workflows nothing begins. */
  readonly pauses: Pick<WorkflowPauses, "find">;
  readonly log: Log;
  /** It is the turn of a run that waited. */
  readonly begin: (runId: string) => void;
  /** A run gives way to another one, going or not. */
  readonly supersede: (runId: string, reason: string) => void;
}

/**
 * Whose turn it is: the runs of each workflow in their lane, let through as its run strategy says.
 *
 * A strict workflow asks the store first whether its latest run failed, because that outlives the service. One question
 * of a lane at a time, and an answer counts only when nothing has happened in the lane since it was asked:
 *
 *     idle ──admit()──► asking ──answer──► let through, or blocked
 *                        ▲  │ end(), admit()
 *                        │  ▼
 *                     outdated: the answer is dropped and asked again
 */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #lanes = new Lanes();
  /** By lane: of the workflow as it is deployed now, which is what queued runs go by. */
  readonly #properties = new Map<string, WorkflowProperties>();
  /** By lane: the failed run that holds up a strict workflow. */
  readonly #blocked = new Map<string, RunRow>();
  /** By lane, while the store is asked whether its latest run failed. */
  readonly #asking = new Map<string, { isOutdated: boolean }>();
  #stopped = false;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** A run is here: one that is queued waits until `admit` lets it through, any other is going. */
  take(row: RunRow, properties: WorkflowProperties): void {
    this.operate(row, properties);
    if (row.status === "queued") this.#lanes.queue(row, refOf(row));
    else this.#lanes.resume(row, refOf(row));
  }

  /** How the workflow is operated from now on. */
  operate(key: WorkflowKey, properties: WorkflowProperties): void {
    this.#properties.set(laneOf(key), properties);
  }

  /** A run that had ended waits for its turn again, before those that came after it. */
  requeue(row: RunRow): void {
    this.#lanes.queue(row, refOf(row));
  }

  /** Why a run that has ended may not wait again, in words: of some strategies one of two runs must give way. */
  requeueProblem(row: RunRow): string | null {
    if (backfillOf(row.trigger) !== null) return null;
    const rule = this.#properties.get(laneOf(row))?.runStrategy.rule;
    const [other] = this.#lanes.othersOf(row, row.id);
    if (other === undefined || rule === undefined || !GIVES_WAY.includes(rule)) return null;
    return `run ${other.number} of its workflow is queued or going, and a ${rule} workflow has no place for two; cancel that first, or wait`;
  }

  /** How the workflow is operated; undefined while none of its runs has been here. */
  propertiesOf(key: WorkflowKey): WorkflowProperties | undefined {
    return this.#properties.get(laneOf(key));
  }

  /** The workflows that have runs, queued or going. */
  busyWorkflows(): readonly WorkflowKey[] {
    return this.#lanes.keys();
  }

  /** A run gets its turn no longer; one that is going is not touched. */
  withdraw(row: RunRow): void {
    this.#lanes.withdraw(row, row.id);
  }

  /** A run has ended. Who is next waits for `admit`. */
  end(row: RunRow): void {
    this.#lanes.end(row, row.id);
    this.#outdate(laneOf(row));
  }

  /** Lets the next runs of a workflow begin, as its run strategy says; none while it is paused. */
  admit(key: WorkflowKey): void {
    const lane = laneOf(key);
    const rule = this.#properties.get(lane)?.runStrategy;
    if (this.#isHeld(key) || rule === undefined) return;
    if (rule.rule === "strict_sequential") return this.#askWhetherBlocked(key);
    this.#outdate(lane);
    this.#blocked.delete(lane);
    this.#carryOut(key, this.#lanes.next(key, rule));
  }

  /** Why a run waits for its turn, in words; null when it does not. */
  reason(row: RunRow): string | null {
    const lane = laneOf(row);
    const pause = row.status === "queued" ? this.#options.pauses.find(row) : null;
    if (pause !== null) return pausedReason(pause);
    const blocking = row.status === "queued" ? this.#blocked.get(lane) : undefined;
    if (blocking !== undefined) return blockedReason(blocking);
    const rule = this.#properties.get(lane)?.runStrategy;
    return rule === undefined ? null : this.#lanes.queueReason(row, row.id, rule);
  }

  /** Nobody gets a turn any more. */
  stop(): void {
    this.#stopped = true;
  }

  #isHeld(key: WorkflowKey): boolean {
    return this.#stopped || this.#options.pauses.find(key) !== null;
  }

  #outdate(lane: string): boolean {
    const question = this.#asking.get(lane);
    if (question !== undefined) question.isOutdated = true;
    return question !== undefined;
  }

  /** What is durable says how the latest run ended, also of runs that ended before the service started. */
  #askWhetherBlocked(key: WorkflowKey): void {
    const lane = laneOf(key);
    if (this.#outdate(lane)) return;
    const question = { isOutdated: false };
    this.#asking.set(lane, question);
    this.#options.store.findBlockingRun(key).then(
      (blocking) => {
        this.#asking.delete(lane);
        if (question.isOutdated) this.admit(key);
        else this.#learn(key, blocking);
      },
      (error: unknown) => {
        this.#asking.delete(lane);
        this.#options.log.error("the next run of a workflow is not started until another ends or comes", {
          workflow: lane,
          error: String(error),
        });
      },
    );
  }

  #learn(key: WorkflowKey, blocking: RunRow | null): void {
    const lane = laneOf(key);
    const rule = this.#properties.get(lane)?.runStrategy;
    if (this.#isHeld(key) || rule === undefined) return;
    if (blocking === null) this.#blocked.delete(lane);
    else this.#blocked.set(lane, blocking);
    this.#carryOut(key, this.#lanes.next(key, rule, blocking?.status ?? null));
  }

  #carryOut(key: WorkflowKey, admission: Admission): void {
    for (const { id, reason } of [...admission.supersede, ...admission.cancel]) {
      this.#lanes.withdraw(key, id);
      this.#options.supersede(id, reason);
    }
    for (const id of admission.start) {
      this.#lanes.begin(key, id);
      this.#options.begin(id);
    }
  }
}

const GIVES_WAY: readonly string[] = ["first_only", "last_only", "serial_latest_only"];

function refOf({ id, number, trigger }: RunRow): LaneRun {
  if (backfillOf(trigger) === null) return { id, number, backfill: null };
  const isBeside = trigger.kind === "backfill" && trigger.overlap;
  return { id, number, backfill: isBeside ? "beside" : "within" };
}

function blockedReason({ project, workflow, number }: RunRow): string {
  return (
    `waits because run ${project}/${workflow}#${number} failed and the workflow is strict_sequential: mend what failed, ` +
    `then let it go on with: headwater unblock ${project}/${workflow}`
  );
}

function pausedReason(pause: WorkflowPauseRow): string {
  const name = `${pause.project}/${pause.workflow}`;
  return `waits because ${name} is paused ${actorText(pause)}; it goes on with: headwater resume ${name}`;
}
