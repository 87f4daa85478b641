import { createRun, decide } from "@headwater/engine";
import type { RunState } from "@headwater/engine";
import type { Evaluator } from "@headwater/workflow";
import { ServiceError } from "../errors.js";
import type { SignalOrigin } from "../store/run-trigger.js";
import type { JournalEntry, RunRow, VersionRow } from "../store/store.js";

/** A run as its journal has left it. */
export interface ReplayedRun {
  readonly state: RunState;
  /** The last entry of the journal; 0 for none. */
  readonly seq: number;
  /** When that happened, epoch milliseconds. */
  readonly at: number;
  /** The last snapshot: the last entry that it knows of, and how many characters it has. */
  readonly snapshot: SnapshotSize;
}

export interface SnapshotSize {
  readonly seq: number;
  readonly chars: number;
}

/** Of a run that has none. */
export const NO_SNAPSHOT: SnapshotSize = { seq: 0, chars: 0 };

/** What a run is told of its surroundings; its first event keeps them. */
export interface RunFacts {
  readonly owner: string | null;
  /** Its address. */
  readonly url: string;
}

/** What a run is when nothing has happened to it. */
export interface RunBeginning {
  /** One for all runs: it remembers the expressions that it has parsed. */
  readonly evaluator: Evaluator;
  readonly facts: RunFacts;
  /** What it began with: a restart may have bound it to something else since. */
  readonly version: VersionRow;
  readonly params: RunRow["params"];
  readonly commit: string;
}

/** A run to which nothing has happened. */
export function beginRun(row: RunRow, beginning: RunBeginning): ReplayedRun {
  const { version, evaluator, facts, params, commit } = beginning;
  const state = createRun({
    definition: version.definition,
    params,
    run: {
      id: row.id,
      number: row.number,
      scheduledAt: row.scheduledAt,
      createdAt: row.createdAt,
      trigger: row.trigger.kind,
      commit,
      environment: row.environment,
      url: facts.url,
    },
    dueAt: row.dueAt,
    workflow: { id: row.workflow, version: version.number, owner: facts.owner },
    signal: row.trigger.kind === "signal" ? row.trigger.params : null,
    signals: row.trigger.kind === "all" ? paramsByName(row.trigger.signals) : {},
    evaluator,
  });
  return { state, seq: 0, at: 0, snapshot: NO_SNAPSHOT };
}

/** The same run, which is advanced in place, after these entries. @throws ServiceError internal when one cannot be replayed */
export function replay(run: ReplayedRun, entries: readonly JournalEntry[]): ReplayedRun {
  let { state } = run;
  for (const entry of entries) state = replayOne(state, entry);
  const last = entries.at(-1);
  return last === undefined ? run : { ...run, state, seq: last.seq, at: last.at };
}

/** What a run has been told of its surroundings; null when nothing has told it. */
export function factsIn(journal: readonly JournalEntry[]): RunFacts | null {
  for (const { event } of journal)
    if (event.kind === "start" && event.facts !== undefined) return event.facts;
  return null;
}

/** What a run that is here was told. */
export function factsOf({ input }: RunState): RunFacts {
  return { owner: input.workflow.owner, url: input.run.url };
}

function replayOne(state: RunState, { seq, event, at }: JournalEntry): RunState {
  try {
    return decide(state, event, at).state;
  } catch (cause) {
    const entry = `entry ${seq} of its journal, "${event.kind}", cannot be replayed`;
    throw new ServiceError("internal", `${entry}: ${String(cause)}`, { cause });
  }
}

function paramsByName(signals: Readonly<Record<string, SignalOrigin>>): Readonly<Record<string, Params>> {
  return Object.fromEntries(Object.entries(signals).map(([name, { params }]) => [name, params]));
}

type Params = SignalOrigin["params"];
