import type { TextRange } from "../diagnostics/diagnostic.js";
import type { Json } from "../types/json.js";

/** A `*.workflow.test.yaml` file, parsed: tests of one workflow, run by simulation. */
export interface WorkflowTestFile {
  readonly path: string;
  readonly workflow: string;
  readonly tests: readonly WrittenTest[];
}

/** A test with its place in its file. */
export interface WrittenTest extends TestCase {
  readonly nameRange: TextRange;
  /** Of all that stands under its name; where that is an alias, of what it leads to. */
  readonly range: TextRange;
}

export interface TestCase {
  readonly name: string;
  readonly params: Readonly<Record<string, Json>>;
  readonly begins: RunBeginning;
  /** Step id, dotted for nested steps (`load.copy`) → the outcomes of its attempts, in order; the last one repeats. */
  readonly given: Readonly<Record<string, readonly GivenOutcome[]>>;
  readonly expect: {
    readonly run: string | null;
    /** Dotted step id → what it must have become; within a loop several times, for different iterations. */
    readonly steps: Readonly<Record<string, readonly ExpectedStep[]>>;
    readonly takes: { readonly atLeastMs: number | null; readonly atMostMs: number | null };
    /** Whether it must be late, by what its workflow expects; null for either. */
    readonly isLate: boolean | null;
  };
  /** The schedules of the workflow must fire exactly at `at` within [from, to). */
  readonly fires: { readonly fromMs: number; readonly toMs: number; readonly atMs: readonly number[] } | null;
  /** By their triggers the signals must start exactly these runs. */
  readonly starts: {
    readonly signals: readonly ArrivingSignal[];
    readonly runs: readonly StartedRun[];
  } | null;
}

/** How the run of a test begins, as its expressions see it. */
export interface RunBeginning {
  /** What the signal carried that started it; null when none did. */
  readonly signal: Readonly<Record<string, Json>> | null;
  /** The same of joined signals, by name. */
  readonly signals: Readonly<Record<string, Readonly<Record<string, Json>>>> | null;
  /** Null: as the signals say, else by hand. */
  readonly trigger: string | null;
  /** Null for `test`. */
  readonly environment: string | null;
  /** Epoch milliseconds; null for when the simulation begins. */
  readonly scheduledAtMs: number | null;
  /** More than 1: that restart of it. */
  readonly attempt: number;
}

export interface ArrivingSignal {
  readonly signal: string;
  readonly params: Readonly<Record<string, Json>>;
  /** Since the signal before it. */
  readonly afterMs: number;
}

export interface StartedRun {
  /** Which signal starts it, counted from 1; null for any. */
  readonly by: number | null;
  /** Those that it must have among others. */
  readonly params: Readonly<Record<string, Json>>;
}

export interface GivenOutcome {
  /** CEL over `each` and `loop`; null for every iteration. */
  readonly where: string | null;
  readonly fails: "error" | "platform" | "timeout" | null;
  /** Whether a failure is not tried again, whatever the step's `retry` says. */
  readonly isFinal: boolean;
  readonly outputs: Readonly<Record<string, Json>>;
  /** How long the attempt runs. */
  readonly afterMs: number;
  /** Whether an earlier success with the step's cache key makes the attempt unnecessary; `outputs` are its outputs. */
  readonly cached: boolean;
  /** When the signals come that the step waits for, in the order of `wait_for`; those that are not named are there. */
  readonly signals: readonly GivenSignal[];
  /** What becomes of an approval; null: it is approved at once by the first who may. */
  readonly answer: GivenAnswer | "never" | null;
}

export interface GivenSignal {
  /** From when the step begins to wait; null: it never comes. */
  readonly afterMs: number | null;
}

export interface GivenAnswer {
  /** Null for the first who may. */
  readonly by: string | null;
  readonly approved: boolean;
  readonly comment: string;
  readonly afterMs: number;
}

export interface ExpectedStep {
  /** CEL over `each` and `loop`; null for every iteration. */
  readonly where: string | null;
  /** In exactly how many iterations it is so; null: in all of them. */
  readonly iterations: number | null;
  readonly status: string | null;
  readonly attempts: number | null;
  readonly outputs: Readonly<Record<string, Json>> | null;
}

/** Whether a test can fail at all by what comes out; one that expects nothing shows nothing. */
export function expectsSomething(test: TestCase): boolean {
  return test.fires !== null || test.starts !== null || expectsOfRun(test);
}

/** Whether a test expects something of a run of the workflow. */
export function expectsOfRun({ expect: { run, steps, takes, isLate } }: TestCase): boolean {
  return (
    run !== null ||
    isLate !== null ||
    takes.atLeastMs !== null ||
    takes.atMostMs !== null ||
    Object.values(steps).flat().some(expectsOfStep)
  );
}

function expectsOfStep({ status, attempts, outputs, iterations }: ExpectedStep): boolean {
  return status !== null || attempts !== null || iterations !== null || Object.keys(outputs ?? {}).length > 0;
}
