import { celValueOfPlain } from "@headwater/workflow";
import type { CelValue, Evaluator, Json, Scope, WorkflowDefinition } from "@headwater/workflow";
import { planLevel } from "../plan.js";
import type { Level } from "../plan.js";
import { createBlock, stepOf } from "../run-state.js";
import type { Block, Cell, LiftedOutputs, RunState } from "../run-state.js";
import { formatPath } from "../step-path.js";
import { unpackColumn } from "./column.js";
import { addToSum, EMPTY_SUM, SNAPSHOT_FORMAT } from "./snapshot-line.js";
import type { BlockLine, RunLine, SnapshotLine } from "./snapshot-line.js";

/** What a run is made of beside its snapshot: the version to which it was bound when that was taken. */
export interface Restoration {
  readonly definition: WorkflowDefinition;
  readonly evaluator: Evaluator;
}

/**
 * The run as `takeSnapshot` found it. Null when the lines are of another format, or not all there as they were written: then only the
 * journal knows how the run stands.
 */
export function restoreRun(lines: Iterable<string>, restoration: Restoration): RunState | null {
  const parsed = parseLines(lines);
  if (parsed === null) return null;
  const [first, ...rest] = parsed;
  if (first === undefined || !("run" in first)) return null;
  const { definition } = restoration;
  const blocks: Block[] = [];
  const level = planLevel(definition.steps);
  const openable: (readonly [Block, readonly number[]])[] = [];
  for (const line of rest) {
    if ("block" in line) {
      const block = blockOf(line.block, { blocks, level });
      blocks.push(block);
      place(block, line.block.within);
      openable.push([block, line.block.openable]);
    } else hold(blocks.at(-1), line);
  }
  for (const [block, cells] of openable) offer(block, cells);
  return runOf(first.run, blocks, restoration);
}

/** Null unless all lines are there as they were written, in this format. */
function parseLines(lines: Iterable<string>): readonly SnapshotLine[] | null {
  const parsed: SnapshotLine[] = [];
  let sum = EMPTY_SUM;
  for (const text of lines) {
    const line = parseLine(text);
    if (line === null) return null;
    if ("run" in line && line.run.format !== SNAPSHOT_FORMAT) return null;
    if ("end" in line) return line.end === sum ? parsed : null;
    sum = addToSum(sum, text);
    parsed.push(line);
  }
  return null;
}

/** The cast is the edge: what has the sum and the format was written by `takeSnapshot`. */
function parseLine(text: string): SnapshotLine | null {
  try {
    return JSON.parse(text) as SnapshotLine;
  } catch {
    // Not what was written: the journal has it all.
    return null;
  }
}

function runOf(
  line: RunLine,
  blocks: readonly Block[],
  { definition, evaluator }: Restoration,
): RunState | null {
  const { format: _isOurs, input, base, ready, ...rest } = line;
  const [root] = blocks;
  if (root === undefined) return null;
  const gone = createBlock({ level: root.level, path: "", parent: null, count: 0, items: [], window: 0 });
  return {
    ...rest,
    definition,
    evaluator,
    input: { ...input, definition },
    base: mapOf(base),
    root,
    ready: ready.map(([block, index]) => ({ block: blocks[block] ?? gone, index })),
    readyFrom: 0,
    retired: new Map(line.retired),
    breakpoints: new Map(line.breakpoints),
    workflowBreakpoints: new Map(line.workflowBreakpoints),
  };
}

interface Surroundings {
  /** Those before it: the one that it is within is among them. */
  readonly blocks: readonly Block[];
  /** The steps of the workflow. */
  readonly level: Level;
}

function blockOf(line: BlockLine, { blocks, level: top }: Surroundings): Block {
  const { within, keepsEnded, variables, skipped, ...rest } = line;
  const parent = parentOf(within, blocks);
  const level = (parent === null ? null : stepOf(parent).inner) ?? top;
  return {
    ...rest,
    ...columnsOf(line, level.steps.length),
    level,
    path: parent === null ? "" : formatPath(parent),
    parent,
    items: line.items.map(listOf),
    variables: variables === null ? null : mapOf(variables),
    open: new Set(line.open),
    skipped: skipped === null ? null : new Set(skipped),
    details: new Map(),
    outputs: new Map(),
    lifted: new Map(),
    rollUps: new Map(),
    runs: new Map(),
    children: new Map(),
    ended: keepsEnded ? new Map() : null,
    openable: new Set(),
  };
}

function parentOf(within: BlockLine["within"], blocks: readonly Block[]): Cell | null {
  const block = within === null ? undefined : blocks[within.block];
  return within === null || block === undefined ? null : { block, index: within.index };
}

/** Puts a loop where it belongs. */
function place(block: Block, within: BlockLine["within"]): void {
  const { parent } = block;
  if (parent === null) return;
  const loops = within?.isEnded === true ? parent.block.ended : parent.block.children;
  loops?.set(parent.index, block);
  // The one that it counts in itself.
  if (parent.block.rollUps.has(parent.index)) parent.block.rollUps.set(parent.index, block.rollUp);
}

function columnsOf(
  line: BlockLine,
  width: number,
): Pick<Block, "rollUp" | "statuses" | "attempts" | "tallies" | "unended" | "outcomes"> {
  return {
    rollUp: unpackColumn(line.rollUp, 1, (length) => new Uint32Array(length)),
    statuses: unpackColumn(line.statuses, width, (length) => new Uint8Array(length)),
    attempts: unpackColumn(line.attempts, width, (length) => new Uint32Array(length)),
    tallies: unpackColumn(line.tallies, width * 3, (length) => new Uint16Array(length)),
    unended: unpackColumn(line.unended, 1, (length) => new Uint16Array(length)),
    outcomes: unpackColumn(line.outcomes, 1, (length) => new Uint8Array(length)),
  };
}

/** What a block holds, after the block. */
function hold(block: Block | undefined, line: SnapshotLine): void {
  if (block === undefined) return;
  if ("outputs" in line) holdOutputs(block, line.outputs);
  else if ("lifted" in line) block.lifted.set(line.lifted[0], mapOf(line.lifted[1]));
  else if ("rollUps" in line) {
    for (const [index, packed] of line.rollUps)
      block.rollUps.set(
        index,
        unpackColumn(packed, 1, (length) => new Uint32Array(length)),
      );
  } else if ("runs" in line) for (const [index, runId] of line.runs) block.runs.set(index, runId);
  else if ("details" in line)
    for (const [index, detail] of line.details) block.details.set(index, { ...detail, outputs: null });
}

function holdOutputs({ outputs }: Block, flat: readonly (number | Readonly<Record<string, Json>>)[]): void {
  for (let at = 0; at < flat.length; at += 2) {
    const [index, left] = [flat[at], flat[at + 1]];
    if (typeof index === "number" && typeof left === "object") outputs.set(index, left);
  }
}

function offer(block: Block, cells: readonly number[]): void {
  for (const cell of cells) {
    const child = block.children.get(cell);
    if (child !== undefined) block.openable.add(child);
  }
}

function listOf(plain: Json): readonly CelValue[] {
  const value = celValueOfPlain(plain);
  // By construction a list: `plainCelValue` was given one.
  return Array.isArray(value) ? (value as readonly CelValue[]) : [];
}

function mapOf(plain: Json): Scope & LiftedOutputs {
  // By construction a map, likewise.
  return celValueOfPlain(plain) as Scope & LiftedOutputs;
}
