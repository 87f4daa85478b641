import { plainCelValue } from "@headwater/workflow";
import type { Block, Detail, RunState } from "../run-state.js";
import { packColumn } from "./column.js";
import { addToSum, EMPTY_SUM, SNAPSHOT_FORMAT } from "./snapshot-line.js";
import type { BlockLine, PlainDetail, RunLine, SnapshotLine } from "./snapshot-line.js";

/** So many entries of a map share a line. */
const ENTRIES_PER_LINE = 2000;

/**
 * How a run stands at this moment, as lines of text without line breaks, from which `restoreRun` makes it again. Its columns and maps are
 * copied at once, which takes microseconds a thousand steps; the text is made line by line as it is asked for, whatever the run
 * does meanwhile.
 */
export function takeSnapshot(state: RunState): Iterable<string> {
  const blocks = collectBlocks(state.root);
  const numbers = new Map(blocks.map(({ block }, number) => [block, number]));
  const run = runLine(state, numbers);
  const copies = blocks.map(copyOf);
  return withSum(linesOf(run, copies));
}

interface FoundBlock {
  readonly block: Block;
  readonly within: BlockLine["within"];
}

/** A block as it was when the snapshot was taken. */
interface Copy extends FoundBlock {
  readonly openable: readonly number[];
}

/** Each block before those within it. */
function collectBlocks(root: Block): readonly FoundBlock[] {
  const found: FoundBlock[] = [{ block: root, within: null }];
  // The list grows while it is walked.
  for (const [number, { block }] of found.entries()) {
    const { children, ended } = block;
    for (const [index, child] of children)
      found.push({ block: child, within: { block: number, index, isEnded: false } });
    for (const [index, child] of ended ?? [])
      found.push({ block: child, within: { block: number, index, isEnded: true } });
  }
  return found;
}

function runLine(state: RunState, numbers: ReadonlyMap<Block, number>): RunLine {
  const { run, params, workflow, signal, dueAt = null, signals = {} } = state.input;
  return {
    format: SNAPSHOT_FORMAT,
    input: { run, params, workflow, signal, dueAt, signals },
    base: plainCelValue(state.base),
    status: state.status,
    attempt: state.attempt,
    startedAt: state.startedAt,
    lateAt: state.lateAt,
    attemptMax: state.attemptMax,
    endedLoops: state.endedLoops,
    jobs: state.jobs,
    openIterations: state.openIterations,
    active: state.active,
    stopping: state.stopping,
    hasFailedImmediately: state.hasFailedImmediately,
    paused: state.paused,
    pauses: state.pauses,
    parentPause: state.parentPause,
    ready: state.ready.slice(state.readyFrom).map(({ block, index }) => [numbers.get(block) ?? -1, index]),
    retired: [...state.retired],
    breakpoints: [...state.breakpoints],
    workflowBreakpoints: [...state.workflowBreakpoints],
  };
}

function copyOf({ block, within }: FoundBlock): Copy {
  return {
    within,
    openable: [...block.openable].flatMap((child) => child.parent?.index ?? []),
    block: {
      ...block,
      tally: { ...block.tally },
      rollUp: block.rollUp.slice(),
      rollUps: new Map([...block.rollUps].map(([index, rollUp]) => [index, rollUp.slice()])),
      runs: new Map(block.runs),
      statuses: block.statuses.slice(),
      attempts: block.attempts.slice(),
      tallies: block.tallies.slice(),
      unended: block.unended.slice(),
      outcomes: block.outcomes.slice(),
      open: new Set(block.open),
      again: block.again === null ? null : [...block.again],
      skipped: block.skipped === null ? null : new Set(block.skipped),
      details: new Map([...block.details].map(([index, detail]) => [index, copyOfDetail(detail)])),
      outputs: new Map(block.outputs),
      lifted: new Map(block.lifted),
    },
  };
}

function copyOfDetail(detail: Detail): Detail {
  const { used, gates } = detail;
  return { ...detail, used: { ...used }, gates: gates === null ? null : gates.map((gate) => ({ ...gate })) };
}

function* linesOf(run: RunLine, copies: readonly Copy[]): Iterable<SnapshotLine> {
  yield { run };
  for (const copy of copies) {
    yield { block: blockLine(copy) };
    yield* heldLines(copy.block);
  }
}

function blockLine({ block, within, openable }: Copy): BlockLine {
  const { level, skipped, variables } = block;
  const width = level.steps.length;
  return {
    within,
    openable,
    keepsEnded: block.ended !== null,
    count: block.count,
    window: block.window,
    next: block.next,
    floor: block.floor,
    jobs: block.jobs,
    again: block.again,
    isToResume: block.isToResume,
    isPast: block.isPast,
    mayOpen: block.mayOpen,
    tally: block.tally,
    firstFailure: block.firstFailure,
    stop: block.stop,
    rollUp: packColumn(block.rollUp, 1),
    statuses: packColumn(block.statuses, width),
    attempts: packColumn(block.attempts, width),
    tallies: packColumn(block.tallies, width * 3),
    unended: packColumn(block.unended, 1),
    outcomes: packColumn(block.outcomes, 1),
    items: block.items.map(plainCelValue),
    open: [...block.open],
    skipped: skipped === null ? null : [...skipped],
    variables: variables === null ? null : plainCelValue(variables),
  };
}

function* heldLines({ outputs, lifted, details, rollUps, runs }: Block): Iterable<SnapshotLine> {
  for (const slice of slicesOf(outputs)) yield { outputs: slice.flat() };
  for (const [index, left] of lifted) yield { lifted: [index, plainCelValue(left)] };
  for (const slice of slicesOf(rollUps))
    yield { rollUps: slice.map(([index, rollUp]) => [index, packColumn(rollUp, 1)]) };
  for (const slice of slicesOf(runs)) yield { runs: slice };
  for (const slice of slicesOf(details))
    yield { details: slice.map(([index, detail]) => [index, plainDetail(detail)]) };
}

function plainDetail(detail: Detail): PlainDetail {
  const { outputs: _canBeComputed, ...plain } = detail;
  return plain;
}

function* slicesOf<Value>(map: ReadonlyMap<number, Value>): Iterable<readonly (readonly [number, Value])[]> {
  let slice: (readonly [number, Value])[] = [];
  for (const entry of map) {
    slice.push(entry);
    if (slice.length < ENTRIES_PER_LINE) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}

function* withSum(lines: Iterable<SnapshotLine>): Iterable<string> {
  let sum = EMPTY_SUM;
  for (const line of lines) {
    const text = JSON.stringify(line);
    sum = addToSum(sum, text);
    yield text;
  }
  yield JSON.stringify({ end: sum } satisfies SnapshotLine);
}
