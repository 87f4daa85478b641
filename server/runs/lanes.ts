import { admitWithBackfills, reasonWithBackfills } from "@headwater/engine";
import type { Admission, RunRef, RunStatus, SharedQueue } from "@headwater/engine";
import type { RunStrategy } from "@headwater/workflow";
import type { WorkflowKey } from "../store/store.js";

/** A run in its lane. */
export interface LaneRun extends RunRef {
  /** Of a backfill: it goes `within` the run strategy, or `beside` all others. Null for every other run. */
  readonly backfill: "within" | "beside" | null;
}

interface Lane {
  readonly key: WorkflowKey;
  readonly active: Map<string, LaneRun>;
  readonly queued: Map<string, LaneRun>;
}

/** The runs of each workflow that are going or waiting for their turn; its run strategy says who is next. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();

  /** Those that have any run. */
  keys(): readonly WorkflowKey[] {
    return [...this.#lanes.values()].map(({ key }) => key);
  }

  queue(key: WorkflowKey, run: LaneRun): void {
    const { queued } = this.#lane(key);
    const later = [...queued.values()].filter(({ number }) => number > run.number);
    queued.set(run.id, run);
    // One that was restarted comes before those that are newer.
    for (const other of later) {
      queued.delete(other.id);
      queued.set(other.id, other);
    }
  }

  /** The runs of the workflow but this one and those of backfills, those that are going first. */
  othersOf(key: WorkflowKey, runId: string): readonly RunRef[] {
    const lane = this.#lanes.get(laneOf(key));
    return [...(lane?.active.values() ?? []), ...(lane?.queued.values() ?? [])].filter(
      ({ id, backfill }) => id !== runId && backfill === null,
    );
  }

  /** It waits no longer; one that is going is not touched. */
  withdraw(key: WorkflowKey, runId: string): void {
    this.#lanes.get(laneOf(key))?.queued.delete(runId);
  }

  /** One that is going already. */
  resume(key: WorkflowKey, run: LaneRun): void {
    this.#lane(key).active.set(run.id, run);
  }

  /** It is the turn of one that is queued. */
  begin(key: WorkflowKey, runId: string): void {
    const lane = this.#lane(key);
    const run = lane.queued.get(runId);
    if (run === undefined) return;
    lane.queued.delete(runId);
    lane.active.set(runId, run);
  }

  end(key: WorkflowKey, runId: string): void {
    const lane = this.#lane(key);
    lane.queued.delete(runId);
    lane.active.delete(runId);
    if (lane.active.size === 0 && lane.queued.size === 0) this.#lanes.delete(laneOf(key));
  }

  /** Who may begin now, and who gives way. @param lastEnded how the latest run ended, where the strategy asks */
  next(key: WorkflowKey, strategy: RunStrategy, lastEnded: RunStatus | null = null): Admission {
    const lane = this.#lane(key);
    const beside = [...lane.queued.values()].filter(({ backfill }) => backfill === "beside");
    const admission = admitWithBackfills(strategy, { ...queueOf(lane), lastEnded });
    return { ...admission, start: [...admission.start, ...beside.map(({ id }) => id)] };
  }

  /** Why a run waits for its turn, in words; null when it does not. */
  queueReason(key: WorkflowKey, runId: string, strategy: RunStrategy): string | null {
    const lane = this.#lanes.get(laneOf(key));
    return lane === undefined ? null : reasonWithBackfills(strategy, queueOf(lane), runId);
  }

  #lane(key: WorkflowKey): Lane {
    const known = this.#lanes.get(laneOf(key));
    if (known !== undefined) return known;
    const lane = { key, active: new Map(), queued: new Map() };
    this.#lanes.set(laneOf(key), lane);
    return lane;
  }
}

function queueOf(lane: Lane): SharedQueue {
  const [active, queued] = [[...lane.active.values()], [...lane.queued.values()]];
  return {
    ...ofKind({ active, queued }, null),
    backfills: ofKind({ active, queued }, "within"),
  };
}

type Runs = Record<"active" | "queued", readonly LaneRun[]>;

function ofKind({ active, queued }: Runs, wanted: LaneRun["backfill"]): Runs {
  const isWanted = ({ backfill }: LaneRun): boolean => backfill === wanted;
  return { active: active.filter(isWanted), queued: queued.filter(isWanted) };
}

/** A name for a workflow of an environment of a project; none of the three can hold a slash. */
export function laneOf({ project, environment, workflow }: WorkflowKey): string {
  return `${project}/${environment}/${workflow}`;
}
