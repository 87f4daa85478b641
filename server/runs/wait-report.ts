import { dottedPath } from "@headwater/engine";
import type { StepWait, WaitKind } from "@headwater/engine";
import type { CapacityWait } from "../capacity/capacity.js";
import { describeWait } from "../capacity/describe-wait.js";
import { endOfWait } from "./wait-end.js";

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
  /** What ends the wait of the first instance, in words; null for what executes. */
  readonly ends: string | null;
  readonly capacity: CapacityWait | null;
}

/** What only the service knows of the waits of a run. */
export interface Surroundings {
  /** As people name it: `sales/daily#12`. */
  readonly run: string;
  /** What an attempt waits for that is queued. */
  readonly capacityOf: (path: string) => CapacityWait | null;
  /** Whether a worker has the attempt, which has not said yet that it began. */
  readonly isStarting: (path: string) => boolean;
  /** What keeps everything from going on, in words, such as a full disk; null while nothing does. */
  readonly trouble: string | null;
}

/** All of a run, one line for each step and kind of wait, however many iterations there are; those that a worker starts are apart. */
export function summarizeWaits(waits: readonly StepWait[], around: Surroundings): readonly ReportedWait[] {
  const groups = new Map<string, { readonly first: StepWait; count: number; since: number | null }>();
  for (const wait of waits) {
    const isStarting = wait.kind === "worker" && around.isStarting(wait.path);
    const key = `${dottedPath(wait.path)} ${wait.kind} ${isStarting}`;
    const known = groups.get(key);
    if (known === undefined) {
      groups.set(key, { first: wait, count: wait.count, since: wait.since });
    } else {
      known.count += wait.count;
      known.since = earlier(known.since, wait.since);
    }
  }
  return [...groups.values()].map(({ first, count, since }) => ({
    ...report(first, around),
    count,
    since,
  }));
}

/** Every instance of one step, or the one with that path. @param step `load[3].copy`, or `load.copy` for all of them */
export function listWaits(
  waits: readonly StepWait[],
  step: string,
  around: Surroundings,
): readonly ReportedWait[] {
  const exactly = waits.filter(({ path }) => path === step);
  const chosen = exactly.length > 0 ? exactly : waits.filter(({ path }) => dottedPath(path) === step);
  return chosen.map((wait) => report(wait, around));
}

function report(wait: StepWait, around: Surroundings): ReportedWait {
  const { path, kind, count, since } = wait;
  const capacity = kind === "worker" ? around.capacityOf(path) : null;
  return {
    step: dottedPath(path),
    path,
    on: kind,
    count,
    since,
    reason: reasonOf(wait, capacity, around),
    ends: endOfWait(wait, { run: around.run, capacity }),
    capacity,
  };
}

function reasonOf(wait: StepWait, capacity: CapacityWait | null, around: Surroundings): string {
  if (capacity !== null && capacity.lacks.length > 0) return describeWait(capacity);
  const told = wait.reason ?? reasonOfService(wait, around);
  return told ?? (capacity === null ? WORDS[wait.kind] : describeWait(capacity));
}

/** What is queued lacks nothing: it is with the service, which may be unable to go on. */
function reasonOfService({ kind, path }: StepWait, { isStarting, trouble }: Surroundings): string | null {
  if (kind !== "worker" && kind !== "run") return null;
  return trouble ?? (kind === "worker" && isStarting(path) ? "its worker has it, and starts it" : null);
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
