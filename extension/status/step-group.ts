import type { Step } from "@headwater/api";

/** How something looks: the kinds of states that have a picture and a colour of their own. */
export type Look = "succeeded" | "failed" | "running" | "waiting" | "skipped";

const LOOKS: Readonly<Record<string, Look>> = {
  succeeded: "succeeded",
  ignored_failure: "failed",
  failed: "failed",
  timed_out: "failed",
  upstream_failed: "skipped",
  running: "running",
  starting: "running",
  retrying: "running",
  skipped: "skipped",
  canceled: "skipped",
  superseded: "skipped",
};

/** The look of a state of a run or a step; one that is not known waits. */
export function lookOf(status: string): Look {
  return LOOKS[status] ?? "waiting";
}

/** All instances of one step, as one. */
export interface StepGroup {
  readonly look: Look;
  /** `succeeded in 1.2 s`, or `3 succeeded, 1 failed, 4.0 s in all`. */
  readonly text: string;
  /** The instance that somebody wants to see first. */
  readonly first: Step;
}

/** What stands out among many. */
const ORDER: readonly Look[] = ["failed", "running", "waiting", "succeeded", "skipped"];

interface Telling {
  /** An instant, epoch milliseconds, as the time of day. */
  readonly clockText: (at: number) => string;
  /** How long the step usually takes, milliseconds; null when that is not known. */
  readonly usualMs: number | null;
  /** Whether there may be more instances of a step than these. */
  readonly hasMore: boolean;
}

/** Sums up the instances of a step. Null when there is none. */
export function groupSteps(steps: readonly Step[], telling: Telling): StepGroup | null {
  const sorted = [...steps].sort(
    (one, other) => ORDER.indexOf(lookOf(one.status)) - ORDER.indexOf(lookOf(other.status)),
  );
  const first = sorted[0];
  if (first === undefined) return null;
  const look = lookOf(first.status);
  return { look, text: steps.length === 1 ? stepText(first, telling) : manyText(steps, telling), first };
}

function manyText(steps: readonly Step[], { usualMs, hasMore }: Telling): string {
  const counts = [...groupBy(steps, ({ status }) => status)].map(
    ([status, those]) => `${those.length} ${spoken(status)}`,
  );
  const spanMs = hasMore ? null : spanMsOf(steps);
  return [
    ...counts,
    ...(hasMore ? ["and more"] : []),
    ...(spanMs === null ? [] : [`${durationText(spanMs)} in all`]),
    ...(usualMs === null ? [] : [`usually ${durationText(usualMs)} each`]),
  ].join(", ");
}

/** From the first beginning to the last end; null while one has not ended, and where none ever began. */
function spanMsOf(steps: readonly Step[]): number | null {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { startedAt, endedAt } of steps) {
    if (endedAt === null) return null;
    from = Math.min(from, startedAt ?? endedAt);
    to = Math.max(to, endedAt);
  }
  return to > from ? to - from : null;
}

function stepText(step: Step, { clockText, usualMs }: Telling): string {
  const { status, startedAt, endedAt, attempt, reason } = step;
  const look = lookOf(status);
  const usual = usualMs === null ? "" : `, usually ${durationText(usualMs)}`;
  const again = attempt > 1 ? `, attempt ${attempt}` : "";
  if (startedAt !== null && endedAt !== null)
    return `${spoken(status)} in ${durationText(endedAt - startedAt)}${usual}${again}`;
  if (startedAt !== null && look === "running")
    return `${spoken(status)} since ${clockText(startedAt)}${usual}${again}`;
  return look === "waiting" && reason !== null ? shortened(reason) : spoken(status);
}

const REASON_CHARACTERS_MAX = 80;

function shortened(reason: string): string {
  return reason.length <= REASON_CHARACTERS_MAX ? reason : `${reason.slice(0, REASON_CHARACTERS_MAX - 1)}…`;
}

/** A state in words. */
export function spoken(status: string): string {
  return status.replaceAll("_", " ");
}

/** `load[3].copy` is an iteration of `load.copy`. */
export function dottedPath(path: string): string {
  return path.replaceAll(/\[\d+\]/g, "");
}

/** Values by a key, in the order in which the keys come. */
export function groupBy<Value>(
  values: readonly Value[],
  keyOf: (value: Value) => string,
): ReadonlyMap<string, readonly Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `40 ms`, `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export function durationText(durationMs: number): string {
  if (durationMs < 100) return `${Math.round(durationMs)} ms`;
  if (durationMs < 10_000) return `${(durationMs / 1000).toFixed(1)} s`;
  if (durationMs < MINUTE_MS) return `${Math.round(durationMs / 1000)} s`;
  const [unitMs, unit, partMs, part] =
    durationMs < HOUR_MS
      ? ([MINUTE_MS, "min", 1000, "s"] as const)
      : durationMs < DAY_MS
        ? ([HOUR_MS, "h", MINUTE_MS, "min"] as const)
        : ([DAY_MS, "d", HOUR_MS, "h"] as const);
  return `${Math.floor(durationMs / unitMs)} ${unit} ${Math.floor((durationMs % unitMs) / partMs)} ${part}`;
}
