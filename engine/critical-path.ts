import type { StepPath } from "./event.js";
import { formatPath } from "./step-path.js";
import type { RunState } from "./run-state.js";
import type { Moment, TimeKind, TimeLink, TimeSpan, TimeTrace } from "./time-trace.js";

/** Which steps determined when a run ended, and where its time went. Times are epoch milliseconds. */
export interface CriticalPath {
  /** From when the run was asked for until its end; as long as it goes until now. */
  readonly from: number;
  readonly to: number;
  /** How long of each kind, in milliseconds; together all of the time. */
  readonly spent: Spent;
  /** One after the other, from the first moment to the last. */
  readonly parts: readonly PathPart[];
  /** Every step of the workflow that has begun, on the path or not. */
  readonly steps: readonly StepTime[];
}

export type Spent = Readonly<Partial<Record<TimeKind, number>>>;

/** A stretch of the path. */
export interface PathPart {
  /** Null for the run itself. */
  readonly path: StepPath | null;
  readonly from: number;
  readonly to: number;
  readonly spent: Spent;
  /** In order; none of a part that stands for many steps. */
  readonly spans: readonly TimeSpan[];
  /** For how many step instances it stands: more than one where a loop had more on the path than are told one by one. */
  readonly count: number;
}

/** What a step of the workflow did with its time. */
export interface StepTime {
  readonly path: StepPath;
  readonly from: number;
  readonly to: number;
  /** Of a loop one span for all of its iterations. */
  readonly spans: readonly TimeSpan[];
  readonly isOnPath: boolean;
}

/** Of the instances of one loop that are on the path, only the last so many are told one by one. */
export const PARTS_OF_LOOP_MAX = 10;

/** When it is looked at, and what the trace does not know. */
export interface LookedAt extends Partial<Moment> {
  readonly now: number;
  /** When its schedule wanted it, epoch milliseconds; null for what no schedule has started. */
  readonly scheduledAt: number | null;
}

/** What the trace of a run says about it. */
export function criticalPathOf(
  trace: TimeTrace,
  state: RunState,
  { now, takenOf = () => null, scheduledAt }: LookedAt,
): CriticalPath {
  const to = trace.endedAt ?? Math.max(now, trace.lastAt);
  const moment = { now: to, takenOf };
  const { pauses } = trace;
  const begin = beginningOf(trace, { to, scheduledAt: state.attempt === 1 ? scheduledAt : null });
  const startedAt = trace.startedAt ?? to;
  const walked = walk(trace.lastLink(state, moment), {
    from: startedAt,
    to,
    path: null,
    gap: "idle",
    pauses,
  });
  const parts = [...begin, ...walked];
  const onPath = new Set(walked.flatMap(({ path }) => (path === null ? [] : [topOf(path)])));
  return {
    from: begin[0]?.from ?? startedAt,
    to,
    spent: sumOf(parts.map(({ spent }) => spent)),
    parts,
    steps: stepTimes(trace, state, moment).map((step) => ({ ...step, isOnPath: onPath.has(step.path) })),
  };
}

/** Before the run began. */
function beginningOf(
  { requestedAt, startedAt, pauses }: TimeTrace,
  { to, scheduledAt }: { readonly to: number; readonly scheduledAt: number | null },
): readonly PathPart[] {
  const wanted = Math.min(scheduledAt ?? requestedAt, requestedAt);
  const spans: readonly TimeSpan[] = [
    { kind: "schedule", from: wanted, to: requestedAt },
    { kind: "turn", from: requestedAt, to: startedAt ?? to },
  ];
  const lasting = spans.filter((span) => span.to > span.from);
  return lasting.length === 0 ? [] : [partOf(null, lasting, pauses)];
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Whose time it is where no step on the path was under way, and what that is called. */
  readonly path: StepPath | null;
  readonly gap: TimeKind;
  readonly pauses: Pauses;
}

type Pauses = TimeTrace["pauses"];

/** The chain that ends with that link, as parts without gaps. */
function walk(last: TimeLink | null, { from, to, path, gap, pauses }: Stretch): readonly PathPart[] {
  const chain: TimeLink[] = [];
  for (let link = last; link !== null && link.to > from; link = link.before) chain.push(link);
  const parts: PathPart[] = [];
  let at = from;
  const fillTo = (next: number): void => {
    if (next > at) parts.push(partOf(path, [{ kind: gap, from: at, to: next }], pauses));
    at = Math.max(at, next);
  };
  for (const link of chain.reverse()) {
    fillTo(link.from);
    // No spread: a loop may have more parts than a call can have arguments.
    for (const part of partsOf(link, at, pauses)) parts.push(part);
    at = Math.max(at, link.to);
  }
  fillTo(to);
  return parts;
}

function partsOf({ path, spans, loop, to }: TimeLink, from: number, pauses: Pauses): readonly PathPart[] {
  const own = spans
    .filter((span) => span.to > from)
    .map((span) => ({ ...span, from: Math.max(from, span.from) }));
  const before = own.length === 0 ? [] : [partOf(path, own, pauses)];
  if (loop === null) return before;
  const inner = walk(loop.last, { from: Math.max(from, loop.from), to, path, gap: "place", pauses });
  return [...before, ...folded(inner, path)];
}

/** What there is too much of is told as one. */
function folded(parts: readonly PathPart[], path: StepPath): readonly PathPart[] {
  if (parts.length <= PARTS_OF_LOOP_MAX) return parts;
  const first = parts.slice(0, parts.length - PARTS_OF_LOOP_MAX);
  const from = first[0]?.from ?? 0;
  const to = first.at(-1)?.to ?? from;
  const count = first.reduce((sum, part) => sum + part.count, 0);
  const one = { path, from, to, spans: [], count, spent: sumOf(first.map(({ spent }) => spent)) };
  return [one, ...parts.slice(-PARTS_OF_LOOP_MAX)];
}

/** While the whole run was paused, what waited for a worker or for its turn waited for that. */
function partOf(path: StepPath | null, waited: readonly TimeSpan[], pauses: Pauses): PathPart {
  const spans = waited.flatMap((span) => (PAUSED.has(span.kind) ? cutAt(span, pauses) : [span]));
  const from = spans[0]?.from ?? 0;
  return { path, from, to: spans.at(-1)?.to ?? from, spans, count: 1, spent: spentOn(spans) };
}

const PAUSED: ReadonlySet<TimeKind> = new Set<TimeKind>([
  "place",
  "worker",
  "slot",
  "permit",
  "idle",
  "turn",
]);

function cutAt(span: TimeSpan, pauses: Pauses): readonly TimeSpan[] {
  const cut: TimeSpan[] = [];
  let at = span.from;
  for (const pause of pauses) {
    const from = Math.max(at, pause.from);
    const to = Math.min(span.to, pause.to ?? span.to);
    if (to <= from) continue;
    if (from > at) cut.push({ kind: span.kind, from: at, to: from });
    cut.push({ kind: "pause", from, to });
    at = to;
  }
  if (span.to > at) cut.push({ kind: span.kind, from: at, to: span.to });
  return cut;
}

function stepTimes(trace: TimeTrace, state: RunState, moment: Moment): readonly Omit<StepTime, "isOnPath">[] {
  return [...trace.linksOfSteps(state, moment)]
    .map(([index, { from, to, spans, loop }]) => {
      const inner: readonly TimeSpan[] = loop === null ? [] : [{ kind: "execution", from: loop.from, to }];
      return { path: formatPath({ block: state.root, index }), from, to, spans: [...spans, ...inner] };
    })
    .sort((one, other) => one.from - other.from);
}

function spentOn(spans: readonly TimeSpan[]): Spent {
  return sumOf(spans.map(({ kind, from, to }) => ({ [kind]: to - from })));
}

function sumOf(all: readonly Spent[]): Spent {
  const sum: Partial<Record<TimeKind, number>> = {};
  for (const spent of all) {
    // Its names are kinds of time.
    for (const [kind, ms] of Object.entries(spent) as [TimeKind, number][]) sum[kind] = (sum[kind] ?? 0) + ms;
  }
  return sum;
}

function topOf(path: StepPath): StepPath {
  return path.split(/[[.]/)[0] ?? path;
}
