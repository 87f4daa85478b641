import type { RunStrategy } from "@headwater/workflow";
import { admit, queueReason, type Admission, type RunQueue, type RunRef } from "../run-strategy.js";

/** The runs of one workflow, those of backfills apart, which go within the run strategy, oldest first. */
export interface SharedQueue extends RunQueue {
  readonly backfills: { readonly active: readonly RunRef[]; readonly queued: readonly RunRef[] };
}

const NOTHING: Admission = { start: [], supersede: [], cancel: [] };

/**
 * As `admit`, for a workflow that has runs of backfills as well. They count for how many may go at once, and come last: one of them begins
 * only where a place is free and no other run waits. Between them and the others nobody is superseded or stopped.
 */
export function admitWithBackfills(strategy: RunStrategy, queue: SharedQueue): Admission {
  const { backfills, ...others } = queue;
  const limit = limitOf(strategy);
  const room = limit - backfills.active.length;
  const admission = room <= 0 ? NOTHING : admit({ ...strategy, limit: room }, others);
  const left = others.queued.length - admission.start.length - admission.supersede.length;
  const free = room - others.active.length - admission.start.length;
  const isBlocked = strategy.rule === "strict_sequential" && others.lastEnded === "failed";
  if (left > 0 || free <= 0 || isBlocked) return admission;
  return {
    ...admission,
    start: [...admission.start, ...backfills.queued.slice(0, free).map(({ id }) => id)],
  };
}

/** As `queueReason`. */
export function reasonWithBackfills(strategy: RunStrategy, queue: SharedQueue, runId: string): string | null {
  const { backfills, ...others } = queue;
  if (backfills.queued.some(({ id }) => id === runId)) return backfillReason(strategy, queue);
  const ahead = others.queued.findIndex(({ id }) => id === runId);
  const [going] = backfills.active;
  const isHeld = ahead >= 0 && limitOf(strategy) <= others.active.length + backfills.active.length;
  if (going === undefined || !isHeld || others.active.length > 0) return queueReason(strategy, others, runId);
  const room = limitOf(strategy) === 1 ? "runs one at a time" : `runs ${limitOf(strategy)} at a time`;
  return `waits for run ${going.number} of a backfill, which is running; this workflow ${room}, and no other run of the backfill begins before this one`;
}

function backfillReason(strategy: RunStrategy, { active, queued, backfills }: SharedQueue): string | null {
  const [other] = [...queued, ...active, ...backfills.active];
  if (other === undefined) {
    return strategy.rule === "strict_sequential"
      ? "waits because the latest run failed; this workflow goes on only after success"
      : null;
  }
  const what = backfills.active.includes(other) ? "of a backfill, which is running" : "first";
  return `waits for run ${other.number} ${what}: this workflow is ${strategy.rule}, and runs of backfills come after all others`;
}

function limitOf({ rule, limit }: RunStrategy): number {
  return rule === "parallel" ? limit : 1;
}
