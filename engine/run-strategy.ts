import type { RunStrategy } from "@headwater/workflow";
import type { RunStatus } from "./run-status.js";

/** A run, as its workflow's queue knows it. */
export interface RunRef {
  readonly id: string;
  /** Its number within the workflow, for the words of reasons. */
  readonly number: number;
}

/** The runs of one workflow that are going or waiting, oldest first. */
export interface RunQueue {
  readonly active: readonly RunRef[];
  readonly queued: readonly RunRef[];
  /** How the latest run ended, unless it was unblocked or restarted since; null when none has. */
  readonly lastEnded?: RunStatus | null;
}

/** Who gives way, why in words, and to whom. */
export interface Displaced {
  readonly id: string;
  readonly reason: string;
  readonly by: string;
}

/** What is to happen now. Runs are displaced by the event `supersede`, queued and going ones alike. */
export interface Admission {
  readonly start: readonly string[];
  /** Queued runs that never begin. */
  readonly supersede: readonly Displaced[];
  /** Going runs that are stopped, and end superseded. */
  readonly cancel: readonly Displaced[];
}

const NOTHING: Admission = { start: [], supersede: [], cancel: [] };

/** Lets the queue of a workflow move on; see "Run strategies, exactly" in the language reference. */
export function admit(strategy: RunStrategy, queue: RunQueue): Admission {
  switch (strategy.rule) {
    case "sequential":
      return startUpTo(1, queue);
    case "parallel":
      return startUpTo(strategy.limit, queue);
    case "strict_sequential":
      return hasFailed(queue.lastEnded) ? NOTHING : startUpTo(1, queue);
    case "first_only":
      return admitFirst(queue);
    case "last_only":
      return admitLast(queue);
    case "serial_latest_only":
      return admitLatest(queue);
  }
}

/** Why a queued run has not begun, in words; null for one that is not queued, or is about to begin. */
export function queueReason(strategy: RunStrategy, queue: RunQueue, runId: string): string | null {
  const ahead = queue.queued.findIndex(({ id }) => id === runId);
  if (ahead === -1) return null;
  const [going] = queue.active;
  if (going === undefined) return reasonWithoutRuns(strategy, queue);
  const others = ahead === 0 ? "" : `, and ${ahead} ${ahead === 1 ? "run" : "runs"} queued before it`;
  switch (strategy.rule) {
    case "last_only":
      return `waits for run ${going.number} to stop, which it supersedes`;
    case "serial_latest_only":
      return `waits for run ${going.number}, which is running; of this workflow only the newest run waits`;
    case "parallel":
      return strategy.limit === 1
        ? waitsForOne(going, others)
        : `waits for one of ${queue.active.length} running runs${others}; this workflow runs ${strategy.limit} at a time`;
    default:
      return waitsForOne(going, others);
  }
}

function waitsForOne(going: RunRef, others: string): string {
  return `waits for run ${going.number}, which is running${others}; this workflow runs one at a time`;
}

function reasonWithoutRuns({ rule }: RunStrategy, { lastEnded }: RunQueue): string | null {
  const isBlocked = rule === "strict_sequential" && hasFailed(lastEnded);
  return isBlocked
    ? "waits because the run before it failed; this workflow goes on only after success"
    : null;
}

function startUpTo(limit: number, { active, queued }: RunQueue): Admission {
  const free = Math.max(0, limit - active.length);
  return { ...NOTHING, start: queued.slice(0, free).map(({ id }) => id) };
}

/** A run that timed out or was canceled does not block: someone, or a limit they set, has decided about it. */
function hasFailed(status: RunStatus | null | undefined): boolean {
  return status === "failed";
}

/** A new run is superseded while one is going. */
function admitFirst({ active, queued }: RunQueue): Admission {
  const [oldest] = queued;
  const going = active[0] ?? oldest;
  if (going === undefined) return NOTHING;
  const start = active.length === 0 ? [going.id] : [];
  const rest = queued.filter(({ id }) => id !== going.id);
  return { start, supersede: rest.map(({ id }) => displaced(id, going, "is going")), cancel: [] };
}

/** A new run supersedes the one going, and begins when that has ended. */
function admitLast({ active, queued }: RunQueue): Admission {
  const newest = queued.at(-1);
  if (newest === undefined) return NOTHING;
  const supersede = queued.slice(0, -1).map(({ id }) => displaced(id, newest, "is newer"));
  const cancel = active.map(({ id }) => displaced(id, newest, "is newer"));
  return { start: active.length === 0 ? [newest.id] : [], supersede, cancel };
}

/** The one going is never stopped; at most one waits. */
function admitLatest({ active, queued }: RunQueue): Admission {
  const newest = queued.at(-1);
  if (newest === undefined) return NOTHING;
  const supersede = queued.slice(0, -1).map(({ id }) => displaced(id, newest, "is newer"));
  return { start: active.length === 0 ? [newest.id] : [], supersede, cancel: [] };
}

function displaced(id: string, by: RunRef, why: string): Displaced {
  return { id, reason: `superseded by run ${by.number}, which ${why}`, by: by.id };
}
