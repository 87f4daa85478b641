import { dottedPath } from "@headwater/engine";
import type { StepWait, WaitKind } from "@headwater/engine";
import type { CapacityWait } from "../capacity/capacity.js";
import { describeWait } from "../capacity/describe-wait.js";

/** What one step waits for, or many instances of it in the same way. */
export interface ReportedWait {
  /** Dotted, without iterations: `load.copy`. */
  readonly step: string;
  /** The first instance: `load[3].copy`. */
  readonly path: string;
  readonly on: WaitKind;
  readonly count: number;
  /** Since when the one that has waited longest waits, epoch milliseconds; null where that is not known. */
  readonly since: number | null;
  /** Of the first instance. */
  readonly reason: string;
  readonly capacity: CapacityWait | null;
}

/** Who knows what an attempt waits for that is queued. */
export type CapacityOf = (path: string) => CapacityWait | null;

/** All of a run, one line for each step and kind of wait, however many iterations there are. */
export function summarizeWaits(waits: readonly StepWait[], capacityOf: CapacityOf): readonly ReportedWait[] {
  const groups = new Map<string, { readonly first: StepWait; count: number; since: number | null }>();
  for (const wait of waits) {
    const key = `${dottedPath(wait.path)} ${wait.kind}`;
    const known = groups.get(key);
    if (known === undefined) {
      groups.set(key, { first: wait, count: wait.count, since: wait.since });
    } else {
      known.count += wait.count;
      known.since = earlier(known.since, wait.since);
    }
  }
  return [...groups.values()].map(({ first, count, since }) => ({
    ...report(first, capacityOf),
    count,
    since,
  }));
}

/** Every instance of one step, or the one with that path. @param step `load[3].copy`, or `load.copy` for all of them */
export function listWaits(
  waits: readonly StepWait[],
  step: string,
  capacityOf: CapacityOf,
): readonly ReportedWait[] {
  const exactly = waits.filter(({ path }) => path === step);
  const chosen = exactly.length > 0 ? exactly : waits.filter(({ path }) => dottedPath(path) === step);
  return chosen.map((wait) => report(wait, capacityOf));
}

function report({ path, kind, count, since, reason }: StepWait, capacityOf: CapacityOf): ReportedWait {
  const capacity = kind === "worker" ? capacityOf(path) : null;
  const words = capacity === null ? (reason ?? WORDS[kind]) : describeWait(capacity);
  return { step: dottedPath(path), path, on: kind, count, since, reason: words, capacity };
}

/** For those who have no words of their own. */
const WORDS: Readonly<Record<WaitKind, string>> = {
  needs: "waits for the steps that it needs",
  place: "waits for one of the places of its run",
  signal: "waits for its signals",
  approval: "waits for approval",
  pause: "is paused",
  worker: "is about to begin",
  retry: "waits to be tried again",
  sleep: "sleeps",
  run: "waits for a run of another workflow",
  iterations: "has iterations that have not begun",
  nothing: "executes",
};

function earlier(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
