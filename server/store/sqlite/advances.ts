import type { JobCounts, StepChange } from "@headwater/engine";
import { isCausedBySomebody } from "./run-actions.js";
import { StoreError } from "../store-error.js";
import type { ForgottenSteps, JournalEntry, NewRemembered, NewSignal, RunAdvance } from "../store.js";
import type { Connection } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";

/**
 * Writes the advances of many runs with a few statements, whatever their number. What the fence and the numbering need
 * is remembered per unfinished run, so the hot path reads nothing: this process is the only writer of its data folder.
 */
export interface Advances {
  /** Answers one refusal or null for each advance, in order. A run may advance several times. */
  apply(connection: Connection, advances: readonly RunAdvance[]): Promise<readonly (StoreError | null)[]>;
  /** Must be called after a rollback: what is remembered may not have happened. */
  forget(): void;
}

/** What a run's next advance depends on. */
interface RunHead {
  readonly key: number;
  readonly run: RunAdvance["run"];
  /** The jobs of its own steps, as they are stored. */
  readonly jobs: JobCounts | null;
  readonly lastSeq: number;
  readonly lastPosition: number;
}

/** All that one batch does to one run. */
interface MergedAdvance {
  readonly before: RunHead;
  run: RunAdvance["run"];
  rebound: RunAdvance["rebound"];
  jobs: JobCounts | null;
  lastSeq: number;
  readonly entries: JournalEntry[];
  /** The last change of each path, in order of the first. */
  readonly steps: Map<string, StepChange>;
  readonly forgotten: ForgottenSteps[];
  readonly signals: NewSignal[];
  readonly remembered: NewRemembered[];
}

/** Starts knowing nothing: heads are read when their run first advances. */
export function createAdvances(): Advances {
  const heads = new Map<string, RunHead>();
  const tried = new WeakSet<RunAdvance>();
  return {
    async apply(connection, advances) {
      await loadHeads(connection, heads, advances);
      const merged = new Map<string, MergedAdvance>();
      const refusals: (StoreError | null)[] = [];
      for (const advance of advances) {
        const refusal = merge(merged, heads, advance);
        const isDone =
          refusal !== null &&
          tried.has(advance) &&
          (await isThere(connection, heads.get(advance.runId), advance));
        refusals.push(isDone ? null : refusal);
        tried.add(advance);
      }
      await writeMerged(connection, [...merged.values()]);
      for (const [runId, advance] of merged) remember(heads, runId, advance);
      return refusals;
    },
    forget: () => heads.clear(),
  };
}

async function loadHeads(
  connection: Connection,
  heads: Map<string, RunHead>,
  advances: readonly RunAdvance[],
): Promise<void> {
  const missing = new Set(advances.map((advance) => advance.runId).filter((runId) => !heads.has(runId)));
  if (missing.size === 0) return;
  const rows = await connection.all<HeadRecord>(
    `SELECT key, id, status, reason, started_at AS startedAt, ended_at AS endedAt, late_at AS lateAt, NULL AS outputs,
       (SELECT jobs FROM run_progress WHERE run_key = key) AS jobs,
       coalesce((SELECT last_seq FROM journal WHERE run_key = key ORDER BY first_seq DESC LIMIT 1), 0) AS lastSeq,
       coalesce((SELECT max(position) FROM step WHERE run_key = key), 0) AS lastPosition
     FROM run WHERE id IN (SELECT value FROM json_each(?))`,
    [JSON.stringify([...missing])],
  );
  for (const { id, key, jobs, lastSeq, lastPosition, ...run } of rows)
    heads.set(id, { key, run, jobs: jobs === null ? null : parseColumn(jobs), lastSeq, lastPosition });
}

interface HeadRecord extends Omit<RunHead, "run" | "jobs">, Readonly<RunAdvanceRun> {
  readonly id: string;
  readonly jobs: JsonText<JobCounts> | null;
}

type RunAdvanceRun = RunAdvance["run"];

function merge(
  merged: Map<string, MergedAdvance>,
  heads: ReadonlyMap<string, RunHead>,
  advance: RunAdvance,
): StoreError | null {
  const head = heads.get(advance.runId);
  if (head === undefined) return unknownRun(advance.runId);
  const into = merged.get(advance.runId) ?? beginMerge(head);
  const first = advance.entries[0]?.seq;
  if (first !== undefined && first !== into.lastSeq + 1) return conflict(advance.runId, into.lastSeq, first);
  merged.set(advance.runId, into);
  mergeInto(into, advance);
  return null;
}

/** A commit may succeed though it looks as if it had failed; then the advance is tried again, and all of it is there. */
async function isThere(
  connection: Connection,
  head: RunHead | undefined,
  { entries }: RunAdvance,
): Promise<boolean> {
  const [first, last] = [entries[0]?.seq, entries.at(-1)?.seq];
  if (head === undefined || first === undefined || last === undefined || last > head.lastSeq) return false;
  const rows = await connection.all<{ readonly entries: JsonText<readonly JournalEntry[]> }>(
    "SELECT entries FROM journal WHERE run_key = ? AND last_seq >= ? AND first_seq <= ? ORDER BY first_seq",
    [head.key, first, last],
  );
  const stored = rows
    .flatMap((row) => parseColumn(row.entries))
    .filter(({ seq }) => seq >= first && seq <= last);
  return JSON.stringify(stored) === JSON.stringify(entries);
}

function mergeInto(into: MergedAdvance, advance: RunAdvance): void {
  into.run = advance.run;
  into.rebound = advance.rebound ?? into.rebound;
  into.jobs = advance.jobs ?? into.jobs;
  into.lastSeq = advance.entries.at(-1)?.seq ?? into.lastSeq;
  // No spread: a batch may hold more entries than a call can have arguments.
  for (const entry of advance.entries) into.entries.push(entry);
  for (const forgotten of advance.forgotten ?? []) forgetSteps(into, forgotten);
  for (const step of advance.steps) into.steps.set(step.path, step);
  into.signals.push(...advance.signals);
  into.remembered.push(...advance.remembered);
}

function beginMerge(before: RunHead): MergedAdvance {
  const { run, jobs, lastSeq } = before;
  return {
    before,
    run,
    jobs,
    rebound: undefined,
    lastSeq,
    entries: [],
    steps: new Map(),
    forgotten: [],
    signals: [],
    remembered: [],
  };
}

/** One statement, see the migration that made the view: atomic by itself, also outside a transaction. */
async function writeMerged(connection: Connection, advances: readonly MergedAdvance[]): Promise<void> {
  if (advances.length === 0) return;
  const rows = [
    advances.flatMap(journalRow),
    advances.flatMap(runRow),
    advances.flatMap(stepRows),
    advances.flatMap(({ signals }) => signals),
    advances.flatMap(rememberedRows),
    advances.flatMap(actionRows),
    advances.flatMap(forgottenRows),
    advances.flatMap(progressRows),
  ];
  await connection.run(
    `INSERT INTO run_advance (journal, runs, steps, signals, remembered, actions, forgotten, progress)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    rows.map((table) => JSON.stringify(table)),
  );
}

function journalRow({ before, lastSeq, entries }: MergedAdvance): readonly (readonly unknown[])[] {
  return entries.length === 0 ? [] : [[before.key, before.lastSeq + 1, lastSeq, entries]];
}

function runRow({ before, run, rebound }: MergedAdvance): readonly (readonly unknown[])[] {
  if (isSameRun(run, before.run) && rebound === undefined) return [];
  const { attempt = null, versionId = null, commit = null, params = null } = rebound ?? {};
  const { status, reason, startedAt, endedAt, outputs, lateAt = null } = run;
  const bound = [attempt, versionId, commit, params];
  return [[before.key, status, reason, startedAt, endedAt, outputs, ...bound, lateAt]];
}

function progressRows({ before, jobs }: MergedAdvance): readonly (readonly unknown[])[] {
  return JSON.stringify(jobs) === JSON.stringify(before.jobs) ? [] : [[before.key, jobs]];
}

function actionRows({ before, entries }: MergedAdvance): readonly (readonly unknown[])[] {
  return entries
    .filter(({ event }) => isCausedBySomebody(event))
    .map(({ seq, at, event }) => [before.key, seq, at, event]);
}

/** The paths of the iterations of a loop sort between `[` and what comes after it, and no others do; a space sorts before all. */
function forgottenRows({ before, forgotten }: MergedAdvance): readonly (readonly unknown[])[] {
  return forgotten.flatMap(({ path, isGone }) => [
    [before.key, `${path}[`, `${path}\\`],
    ...(isGone ? [[before.key, path, `${path} `]] : []),
  ]);
}

/** What the same batch had said of them before is void too. */
function forgetSteps({ steps, forgotten }: MergedAdvance, { path, isGone }: ForgottenSteps): void {
  forgotten.push({ path, isGone });
  for (const other of steps.keys()) {
    if (other.startsWith(`${path}[`) || (isGone && other === path)) steps.delete(other);
  }
}

function rememberedRows({ before, remembered }: MergedAdvance): readonly (readonly unknown[])[] {
  return remembered.map(({ step, key, outputs, at }) => [before.key, step, key, outputs, at]);
}

function stepRows({ before, steps }: MergedAdvance): readonly (readonly unknown[])[] {
  return [...steps.values()].map((step, index) =>
    toStepValues(before, before.lastPosition + index + 1, step),
  );
}

/** A step that is there already keeps its position; the one offered here stays unused, so positions may have gaps. */
function toStepValues(head: RunHead, position: number, step: StepChange): readonly unknown[] {
  const { path, kind, status, attempt, queuedAt, startedAt, endedAt, reason, outputs, iterations } = step;
  const { jobs, startedRun, runAttempt } = step;
  return [
    head.key,
    path,
    position,
    kind,
    status,
    attempt,
    queuedAt,
    startedAt,
    endedAt,
    reason,
    outputs,
    iterations,
    jobs,
    startedRun,
    runAttempt,
  ];
}

function remember(heads: Map<string, RunHead>, runId: string, advance: MergedAdvance): void {
  if (advance.run.endedAt !== null) {
    heads.delete(runId);
    return;
  }
  heads.set(runId, {
    key: advance.before.key,
    run: advance.run,
    jobs: advance.jobs,
    lastSeq: advance.lastSeq,
    lastPosition: advance.before.lastPosition + advance.steps.size,
  });
}

function isSameRun(left: RunAdvance["run"], right: RunAdvance["run"]): boolean {
  return (
    left.status === right.status &&
    left.reason === right.reason &&
    left.startedAt === right.startedAt &&
    left.endedAt === right.endedAt &&
    (left.lateAt ?? null) === (right.lateAt ?? null)
  );
}

function unknownRun(runId: string): StoreError {
  return new StoreError("journal-conflict", `Cannot advance run "${runId}": there is no such run`);
}

function conflict(runId: string, lastSeq: number, first: number): StoreError {
  return new StoreError(
    "journal-conflict",
    `Cannot advance run "${runId}" from entry ${first}: the last one stored is ${lastSeq}, so another writer was here`,
  );
}
