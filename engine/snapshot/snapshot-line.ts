import type { Json } from "@headwater/workflow";
import type { RunInput } from "../run-input.js";
import type { Block, Detail, RunState } from "../run-state.js";
import type { PackedColumn } from "./column.js";

/**
 * What a snapshot is made of: lines of JSON, which can be made and written one by one. First the run,
 * then each block before those within it, each followed by what it holds. A field that is new in `RunState`, `Block` or `Detail` does not
 * compile until it is here.
 */
export type SnapshotLine =
  | { readonly run: RunLine }
  | { readonly block: BlockLine }
  /** By cell: index, outputs, index, outputs, … */
  | { readonly outputs: readonly (number | Readonly<Record<string, Json>>)[] }
  | { readonly lifted: readonly [index: number, outputs: Json] }
  /** Of the loops that have begun. */
  | { readonly rollUps: readonly (readonly [index: number, rollUp: PackedColumn])[] }
  | { readonly runs: readonly (readonly [index: number, runId: string])[] }
  | { readonly details: readonly (readonly [index: number, detail: PlainDetail])[] }
  /** All lines are there, and what they sum up to. */
  | { readonly end: number };

/** What the lines mean: one more with each change of them. A snapshot of another format is not read. */
export const SNAPSHOT_FORMAT = 3;

type OwnFields = "definition" | "evaluator" | "root" | "readyFrom" | "base" | "ready" | "input";
type Maps = "retired" | "breakpoints" | "workflowBreakpoints";

/** The run without its steps. */
export interface RunLine extends Omit<RunState, OwnFields | Maps> {
  readonly format: number;
  readonly input: Omit<RunInput, "definition" | "evaluator">;
  readonly base: Json;
  /** By the number of the block, -1 where it is gone, and the index of the cell. */
  readonly ready: readonly (readonly [block: number, index: number])[];
  readonly retired: EntriesOf<RunState["retired"]>;
  readonly breakpoints: EntriesOf<RunState["breakpoints"]>;
  readonly workflowBreakpoints: EntriesOf<RunState["workflowBreakpoints"]>;
}

type EntriesOf<Source> =
  Source extends ReadonlyMap<infer Key, infer Value> ? readonly (readonly [Key, Value])[] : never;

type Columns = "rollUp" | "statuses" | "attempts" | "tallies" | "unended" | "outcomes";
type Held = "rollUps" | "runs" | "details" | "outputs" | "lifted" | "items" | "children" | "ended";

/** A block without what it holds. */
export interface BlockLine extends Omit<
  Block,
  Columns | Held | "level" | "path" | "parent" | "open" | "skipped" | "variables" | "openable"
> {
  /** Of which block it is within, by number in the order of the lines, at which cell, and whether it has ended; null for the steps of the workflow. */
  readonly within: { readonly block: number; readonly index: number; readonly isEnded: boolean } | null;
  /** Whether there is a map of loops that have ended, with or without any. */
  readonly keepsEnded: boolean;
  readonly rollUp: PackedColumn;
  readonly statuses: PackedColumn;
  readonly attempts: PackedColumn;
  readonly tallies: PackedColumn;
  readonly unended: PackedColumn;
  readonly outcomes: PackedColumn;
  /** Of each loop variable, as `plainCelValue` makes them. */
  readonly items: readonly Json[];
  readonly open: readonly number[];
  readonly skipped: readonly number[] | null;
  readonly variables: Json;
  /** The cells of the loops within it that may open an iteration, the next one first. */
  readonly openable: readonly number[];
}

/** Without what can be computed again. */
export type PlainDetail = Omit<Detail, "outputs">;

/** Adds a line to the sum of those before: FNV-1a, which finds what was cut or changed by accident. */
export function addToSum(sum: number, line: string): number {
  let hash = sum;
  for (let at = 0; at < line.length; at += 1) hash = Math.imul(hash ^ line.charCodeAt(at), 16_777_619);
  return hash >>> 0;
}

/** The sum of no lines. */
export const EMPTY_SUM = 2_166_136_261;
