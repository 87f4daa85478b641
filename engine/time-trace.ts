import type { Decision } from "./decide.js";
import type { RunEvent, StepPath, Taken } from "./event.js";
import { iterationOf, siblingOf, statusOf, stepOf } from "./run-state.js";
import type { Block, Cell, RunState } from "./run-state.js";
import { formatPath } from "./step-path.js";
import { isStepEnded } from "./step-status.js";
import { isLoop } from "./step-kinds.js";
import { waitKindOf } from "./waits.js";
import type { WaitKind } from "./waits.js";

/** What a stretch of time of a run went to: one of the things that a step may wait for, or what else it was. */
export type TimeKind =
  | Exclude<WaitKind, "needs" | "iterations" | "nothing">
  /** From the slot of its schedule until it was created. */
  | "schedule"
  /** It was queued, as the strategy of its workflow says. */
  | "turn"
  /** All slots of its pool were taken. A queued attempt of which nobody knows more is with a `worker`. */
  | "slot"
  /** A permit was not free. */
  | "permit"
  /** It had all it needs, and its process and working copy were made. */
  | "starting"
  /** It executed. */
  | "execution"
  /** Nothing of what determined the end was under way, as before a step that somebody did again. */
  | "idle";

/** A stretch of time, epoch milliseconds. */
export interface TimeSpan {
  readonly kind: TimeKind;
  readonly from: number;
  readonly to: number;
}

/** What a step instance did with its time from when it could begin until it ended; what before it let it begin is behind it. */
export interface TimeLink {
  readonly path: StepPath;
  readonly from: number;
  readonly to: number;
  /** Of a loop those before its iterations. */
  readonly spans: readonly TimeSpan[];
  readonly before: TimeLink | null;
  /** Of a loop: when its iterations could begin, and the one that ended last. */
  readonly loop: { readonly from: number; readonly last: TimeLink | null } | null;
}

/** When somebody looks at a run that goes on. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly now: number;
  /** What is known of an attempt that is with a worker, or waits for one, and has not started; null for nothing. */
  readonly takenOf: (path: StepPath) => Taken | null;
}

/** An instance under way. */
interface Going {
  readonly from: number;
  readonly before: TimeLink | null;
  readonly spans: TimeSpan[];
  kind: TimeKind | "loop";
  since: number;
}

interface BlockTime {
  readonly block: Block;
  /** By iteration that is open: what let it begin. */
  readonly opened: Map<number, TimeLink | null>;
  readonly going: Map<number, Going>;
  readonly ended: Map<number, TimeLink | null>;
  /** Loops within it that have begun. */
  readonly loops: Map<number, BlockTime>;
  /** Of the iterations that have ended, the step that ended last. */
  last: TimeLink | null;
}

/**
 * Follows a run through its events and knows what its time went to: from each instance that has ended, the chain of those that had to
 * end before it. Links that lead to no instance that matters any more are let go, so that a loop of 100,000 iterations keeps one chain.
 */
export class TimeTrace {
  /** When the attempt of the run was asked for, began, and ended. */
  requestedAt: number;
  startedAt: number | null = null;
  endedAt: number | null = null;
  /** When the last thing happened to it: a clock may have been set back since. */
  lastAt: number;
  /** When the whole run was paused; the last one may go on. */
  readonly pauses: { readonly from: number; to: number | null }[] = [];
  readonly #blocks = new Map<Block, BlockTime>();

  constructor(createdAt: number) {
    this.requestedAt = createdAt;
    this.lastAt = createdAt;
  }

  /** Notes what an event led to. @param at epoch milliseconds */
  note(
    state: RunState,
    { event, at }: { readonly event: RunEvent; readonly at: number },
    decision: Decision,
  ): void {
    this.lastAt = Math.max(this.lastAt, at);
    if (decision.effects.some(({ kind }) => kind === "requeue")) this.#beginAgain(at);
    this.#notePause(state, at);
    this.#noteBeginning(event, decision);
    this.#noteTouched(state, at, decision.within);
    if (event.kind === "start" && this.startedAt === null) this.startedAt = at;
    if (decision.effects.some(({ kind }) => kind === "finish")) this.endedAt = at;
  }

  /** What determined the end of the run, or what it waits for longest as long as it goes; null while nothing has begun. */
  lastLink(state: RunState, moment: Moment): TimeLink | null {
    const time = this.#timeOf(state.root);
    const ended = latest([...time.ended.values()]);
    return this.endedAt === null ? (longestGoing(time, moment) ?? ended) : ended;
  }

  /** What each step of the workflow did with its time, by position; none of those that have not begun. */
  linksOfSteps(state: RunState, moment: Moment): ReadonlyMap<number, TimeLink> {
    const links = new Map<number, TimeLink>();
    const { ended, going, loops } = this.#timeOf(state.root);
    for (const [index, link] of ended) {
      // What never took any time passes on the link before it.
      if (link?.path === formatPath({ block: state.root, index })) links.set(index, link);
    }
    for (const [index, step] of going) {
      const cell = { block: state.root, index };
      links.set(index, linkSoFar(cell, step, { ...moment, last: loops.get(index)?.last ?? null }));
    }
    return links;
  }

  #beginAgain(at: number): void {
    this.requestedAt = at;
    this.startedAt = null;
    this.endedAt = null;
    this.pauses.length = 0;
    this.#blocks.clear();
  }

  #notePause({ paused }: RunState, at: number): void {
    const last = this.pauses.at(-1);
    const isPaused = last?.to === null;
    if (paused !== null && !isPaused) this.pauses.push({ from: at, to: null });
    if (paused === null && isPaused) last.to = at;
  }

  /** Only then is it known what an attempt had waited for; a short one says at its end when it had begun. */
  #noteBeginning(event: RunEvent, { within }: Decision): void {
    if (event.kind !== "attempt_started" && event.kind !== "attempt_ended") return;
    const startedAt = event.kind === "attempt_ended" ? event.startedAt : undefined;
    if (event.taken === undefined && startedAt === undefined) return;
    const going = this.#touchedAt(event.path, within);
    if (going?.kind !== "worker") return;
    if (event.taken !== undefined) splitAt(going, event.taken);
    if (startedAt !== undefined) turnTo(going, "execution", Math.max(going.since, startedAt));
  }

  #touchedAt(path: StepPath, { touched }: Decision["within"]): Going | null {
    for (const [block, indices] of touched) {
      for (const index of indices) {
        const going = this.#blocks.get(block)?.going.get(index);
        if (going !== undefined && formatPath({ block, index }) === path) return going;
      }
    }
    return null;
  }

  /** Those of iterations that were open come first, since their ends let others begin; the steps of a loop before the loop. */
  #noteTouched(state: RunState, at: number, { touched, closed }: Decision["within"]): void {
    const fresh: Cell[] = [];
    for (const [block, indices] of innerFirst(touched)) {
      const time = this.#timeOf(block);
      for (const index of indices) {
        if (time.opened.has(iterationOf(block, index))) this.#noteCell(state, { block, index }, at);
        else fresh.push({ block, index });
      }
    }
    for (const { block, iteration } of closed) this.#close(block, iteration);
    for (const cell of fresh) {
      const { opened, last } = this.#timeOf(cell.block);
      const iteration = iterationOf(cell.block, cell.index);
      if (!opened.has(iteration)) opened.set(iteration, last);
      this.#noteCell(state, cell, at);
    }
    for (const { block, iteration } of closed) this.#close(block, iteration);
  }

  #timeOf(block: Block): BlockTime {
    const known = this.#blocks.get(block);
    if (known !== undefined) return known;
    const time: BlockTime = {
      block,
      opened: new Map(),
      going: new Map(),
      ended: new Map(),
      loops: new Map(),
      last: null,
    };
    this.#blocks.set(block, time);
    if (block.parent !== null) this.#timeOf(block.parent.block).loops.set(block.parent.index, time);
    return time;
  }

  #noteCell(state: RunState, cell: Cell, at: number): void {
    const time = this.#timeOf(cell.block);
    const { index } = cell;
    if (isStepEnded(statusOf(cell))) return void this.#end(cell, at);
    const kind = timeKindOf(state, cell);
    if (kind === null) return this.#forget(cell);
    time.ended.delete(index);
    const going = time.going.get(index);
    if (going !== undefined) return turnTo(going, kind, at);
    time.going.set(index, { from: at, before: this.#before(cell, at), spans: [], kind, since: at });
  }

  /** It waits for what it needs, perhaps anew. */
  #forget({ block, index }: Cell): void {
    const time = this.#timeOf(block);
    time.going.delete(index);
    time.ended.delete(index);
    this.#forgetLoop(time, index);
  }

  #end(cell: Cell, at: number): TimeLink | null {
    const time = this.#timeOf(cell.block);
    const known = time.ended.get(cell.index);
    if (known !== undefined) return known;
    const going = time.going.get(cell.index);
    const loop = time.loops.get(cell.index);
    // One that never began passes on what came before it.
    const link =
      going === undefined
        ? this.#before(cell, at)
        : linkOf(cell, going, { to: at, last: loop === undefined ? null : lastOf(loop) });
    time.going.delete(cell.index);
    time.ended.set(cell.index, link);
    this.#forgetLoop(time, cell.index);
    return link;
  }

  #forgetLoop(time: BlockTime, index: number): void {
    const loop = time.loops.get(index);
    if (loop === undefined) return;
    time.loops.delete(index);
    this.#blocks.delete(loop.block);
  }

  /** What of its needs ended last; of one without needs what let its iteration begin. */
  #before(cell: Cell, at: number): TimeLink | null {
    const time = this.#timeOf(cell.block);
    const needs = stepOf(cell).needs.map((position) => siblingOf(cell, position));
    if (needs.length === 0) return time.opened.get(iterationOf(cell.block, cell.index)) ?? null;
    const links = needs.map((need) => (isStepEnded(statusOf(need)) ? this.#end(need, at) : null));
    return latest(links) ?? time.opened.get(iterationOf(cell.block, cell.index)) ?? null;
  }

  #close(block: Block, iteration: number): void {
    const time = this.#blocks.get(block);
    if (time === undefined || !time.opened.has(iteration)) return;
    const width = block.level.steps.length;
    const links: (TimeLink | null)[] = [time.last];
    for (let index = iteration * width; index < (iteration + 1) * width; index += 1) {
      links.push(time.ended.get(index) ?? null);
      time.ended.delete(index);
      time.going.delete(index);
      this.#forgetLoop(time, index);
    }
    time.opened.delete(iteration);
    time.last = latest(links);
  }
}

/** What the time of an instance goes to; null while it waits for others. */
function timeKindOf(state: RunState, cell: Cell): Going["kind"] | null {
  if (isLoop(stepOf(cell).definition) && statusOf(cell) === "running") return "loop";
  const kind = waitKindOf(state, cell);
  if (kind === "needs" || kind === "iterations") return null;
  return kind === "nothing" ? "execution" : kind;
}

/** It has waited until then, and been starting since. */
function splitAt(going: Going, { at, lacked }: Taken): void {
  going.kind = lacked ?? "starting";
  turnTo(going, "starting", Math.max(going.since, at));
}

function turnTo(going: Going, kind: Going["kind"], at: number): void {
  if (going.kind === kind) return;
  if (going.kind !== "loop" && at > going.since)
    going.spans.push({ kind: going.kind, from: going.since, to: at });
  going.kind = kind;
  going.since = at;
}

/** Of an attempt that is on its way the shell knows more than its journal does yet. */
function linkSoFar(
  cell: Cell,
  going: Going,
  { now, takenOf, last }: Moment & { readonly last: TimeLink | null },
): TimeLink {
  const taken = going.kind === "worker" ? takenOf(formatPath(cell)) : null;
  if (taken === null) return linkOf(cell, going, { to: now, last });
  const split = { ...going, spans: [...going.spans] };
  splitAt(split, { ...taken, at: Math.min(taken.at, now) });
  return linkOf(cell, split, { to: now, last });
}

function linkOf(
  cell: Cell,
  { from, before, spans, kind, since }: Going,
  { to, last }: { readonly to: number; readonly last: TimeLink | null },
): TimeLink {
  const path = formatPath(cell);
  if (kind === "loop") return { path, from, to, spans, before, loop: { from: since, last } };
  const own = to > since ? [...spans, { kind, from: since, to }] : spans;
  return { path, from, to, spans: own, before, loop: null };
}

/** Also of iterations that end in this moment. */
function lastOf({ last, ended }: BlockTime): TimeLink | null {
  return latest([last, ...ended.values()]);
}

function innerFirst<Value>(touched: ReadonlyMap<Block, Value>): readonly (readonly [Block, Value])[] {
  return touched.size < 2
    ? [...touched]
    : [...touched].sort(([one], [other]) => depthOf(other) - depthOf(one));
}

function depthOf({ parent }: Block): number {
  return parent === null ? 0 : 1 + depthOf(parent.block);
}

/** The one that ended last; of several the last one. */
function latest(links: readonly (TimeLink | null)[]): TimeLink | null {
  return links.reduce(
    (last, link) => (link !== null && link.to >= (last?.to ?? -Infinity) ? link : last),
    null,
  );
}

/** Of what is under way the one that has been for longest, within a loop the same of its iterations. */
function longestGoing(time: BlockTime, moment: Moment): TimeLink | null {
  let first: readonly [number, Going] | null = null;
  for (const entry of time.going) if (first === null || entry[1].from < first[1].from) first = entry;
  if (first === null) return null;
  const [index, going] = first;
  const loop = time.loops.get(index);
  const last = loop === undefined ? null : (longestGoing(loop, moment) ?? loop.last);
  return linkSoFar({ block: time.block, index }, going, { ...moment, last });
}
