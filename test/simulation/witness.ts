import assert from "node:assert/strict";
import { RUN_TRANSITIONS, STEP_STATUSES, isRunEnded, isStepEnded } from "@headwater/engine";
import type { JobCounts, RunEvent, StepStatus } from "@headwater/engine";
import type { Evaluator } from "@headwater/workflow";
import { locate, plannedStep } from "#engine/step-path.js";
import { statusOf } from "#engine/run-state.js";
import { LiveRun } from "#server/runs/live-run.js";
import { beginRun } from "#server/runs/replay.js";
import type { Attempt } from "#server/steps/step-context.js";
import type { NewSignal, RunAdvance, RunRow, VersionRow } from "#server/store/store.js";
import type { StoredCall } from "./mortal-store.js";
import { PERMITS } from "./shapes.js";

/** How many runs of a workflow may go at once, where it is not one. */
const LIMITS: Readonly<Record<string, number>> = { chain: 3, loops: 2, child: 2, parent: 1 };

export interface WitnessOptions {
  readonly versions: ReadonlyMap<string, VersionRow>;
  /** Attempts at once on this machine. */
  readonly slots: number;
  readonly evaluator: Evaluator;
}

/** What people may do without changing how a run ends. */
const HARMLESS = new Set([
  "pause",
  "resume",
  "set_breakpoint",
  "clear_breakpoint",
  "set_max_parallel",
  "retry",
]);

interface Seen {
  readonly run: LiveRun;
  /** By path: results of attempts that count. */
  readonly results: Map<string, number>;
  readonly attempts: Set<string>;
}

/**
 * Sees all that becomes durable and all that is executed, and holds it to the invariants as it happens: what is stored is
 * decided again by the engine and must come out the same; nothing is executed that is not decided, nothing twice.
 */
export class Witness {
  readonly runs = new Map<string, Seen>();
  readonly #options: WitnessOptions;
  readonly #causes = new Set<string>();
  readonly #signals = new Set<string>();
  readonly #actedOn = new Set<string>();
  /** By run and path: what each of those that execute holds. */
  #executing = new Map<string, readonly string[]>();
  /** The first thing that was wrong. */
  problem: Error | null = null;

  constructor(options: WitnessOptions) {
    this.#options = options;
  }

  /** Something is durable. */
  stored(call: StoredCall): void {
    this.#hold(() => {
      if (call.name === "createRuns" || call.name === "fireSchedules")
        this.#created(call.value as readonly RunRow[]);
      if (call.name === "matchSignals")
        this.#created((call.value as { readonly runs: readonly RunRow[] }).runs);
      if (call.name === "advanceRun") this.#advanced(call.args[0] as RunAdvance);
    });
  }

  /** A worker begins to execute. */
  began({ runId, path, attempt, request }: Attempt): void {
    this.#hold(() => {
      const seen = this.#seen(runId);
      const cell = locate(seen.run.state, path);
      const name = `${runId} ${path} ${attempt}`;
      assert.ok(cell !== null, `${name} is executed, and there is no such step`);
      assert.equal(
        cell.block.attempts[cell.index],
        attempt,
        `${name} is executed, and that is not the attempt on disk`,
      );
      assert.ok(
        ["queued", "starting"].includes(statusOf(cell)),
        `${name} is executed while its step is ${statusOf(cell)}`,
      );
      assert.ok(!seen.attempts.has(name), `${name} is executed twice`);
      assert.ok(!isRunEnded(seen.run.row.status), `${name} is executed after its run has ended`);
      seen.attempts.add(name);
      const step = `${runId} ${path}`;
      assert.ok(!this.#executing.has(step), `${step} is executed by two attempts at once`);
      // Nothing takes no slot.
      if (request.kind === "noop") return;
      this.#executing.set(step, this.#holdsOf(seen, path));
      assert.ok(this.#executing.size <= this.#options.slots, `${this.#executing.size} attempts at once`);
      this.#checkHeld();
    });
  }

  /** The worker is done with it. */
  ended({ runId, path }: Attempt): void {
    this.#executing.delete(`${runId} ${path}`);
  }

  /** The service was killed, and its workers with it. */
  killed(): void {
    this.#executing = new Map();
  }

  /** How many attempts of the step have ended by themselves, on record. */
  resultsOf(runId: string, path: string): number {
    return this.#seen(runId).results.get(path) ?? 0;
  }

  /** Whether somebody has had a hand in how the run ends. */
  isActedOn(runId: string): boolean {
    return this.#actedOn.has(runId);
  }

  /** Its permits, those of the steps around its run, and a place of each of these runs that has a limit. */
  #holdsOf(seen: Seen, path: string): readonly string[] {
    const { row, state } = seen.run;
    const step = plannedStep(state, path)?.definition;
    const { maxParallelSteps } = state.definition;
    const own = [...(step?.permits ?? []), ...(maxParallelSteps === null ? [] : [row.id])];
    if (row.trigger.kind !== "step") return own;
    const outer = this.#seen(row.trigger.runId);
    const caller = plannedStep(outer.run.state, row.trigger.path)?.definition;
    const isWithin = caller?.kind === "workflow" && caller.wait;
    return isWithin ? [...own, ...this.#holdsOf(outer, row.trigger.path)] : own;
  }

  #checkHeld(): void {
    const held = new Map<string, number>();
    // Nobody holds one thing twice.
    for (const things of this.#executing.values())
      for (const thing of new Set(things)) held.set(thing, (held.get(thing) ?? 0) + 1);
    for (const [thing, count] of held) {
      const limit = PERMITS[thing] ?? this.runs.get(thing)?.run.state.definition.maxParallelSteps ?? Infinity;
      assert.ok(count <= limit, `${count} hold ${thing} at once, of which there are ${limit}`);
    }
  }

  #created(rows: readonly RunRow[]): void {
    for (const row of rows) {
      assert.ok(!this.runs.has(row.id), `run ${row.id} is created twice`);
      // A run that is restarted ends more than once.
      const isRepeated = row.trigger.kind === "workflow" && this.#actedOn.has(row.trigger.runId);
      for (const cause of [row.triggerKey, isRepeated ? null : causeOf(row)]) {
        if (cause === null) continue;
        assert.ok(!this.#causes.has(cause), `two runs because of ${cause}`);
        this.#causes.add(cause);
      }
      const version = this.#options.versions.get(row.workflow);
      assert.ok(version !== undefined);
      const replayed = beginRun(row, {
        version,
        facts: { owner: "one", url: `http://simulated/#${row.id}` },
        evaluator: this.#options.evaluator,
        params: row.params,
        commit: row.commit,
      });
      this.runs.set(row.id, {
        run: new LiveRun(row, replayed),
        results: new Map(),
        attempts: new Set(),
      });
    }
  }

  #advanced(advance: RunAdvance): void {
    const { run, results } = this.#seen(advance.runId);
    for (const { event, at } of advance.entries) {
      this.#count(run, results, event);
      if (event.kind === "action" && !HARMLESS.has(event.action.name)) this.#actedOn.add(advance.runId);
      const before = run.row.status;
      run.receive(event, at);
      const decided = run.decideInbox();
      for (const signal of decided.advance.signals) this.#emitted(signal);
      this.#changed(run.row, before);
    }
    const { status, reason } = run.row;
    assert.deepEqual({ status, reason }, { status: advance.run.status, reason: advance.run.reason });
    if (isRunEnded(status)) assert.deepEqual(openJobs(advance.jobs ?? {}), [], `run ${run.row.id} has ended`);
    for (const change of advance.steps) {
      const cell = locate(run.state, change.path);
      // What belongs to an iteration that has ended is told once and forgotten.
      if (cell !== null) assert.equal(statusOf(cell), change.status, `${advance.runId} ${change.path}`);
    }
  }

  #changed(row: RunRow, before: RunRow["status"]): void {
    const { id, status } = row;
    if (status === before) return;
    // The beginning of a run that has nothing left to do is its end.
    const isQuick = before === "queued" && isRunEnded(status);
    assert.ok(
      isQuick || RUN_TRANSITIONS[before].includes(status),
      `run ${id} goes from ${before} to ${status}`,
    );
    if (status === "running") this.#begun(row);
  }

  #emitted({ key }: NewSignal): void {
    assert.ok(!this.#signals.has(key), `signal ${key} is emitted twice`);
    this.#signals.add(key);
  }

  #begun({ workflow, number, environment }: RunRow): void {
    const others = [...this.runs.values()]
      .map(({ run }) => run.row)
      .filter((row) => row.workflow === workflow);
    const going = others.filter(({ status }) => status === "running");
    const limit = LIMITS[workflow] ?? 1;
    assert.ok(going.length <= limit, `${going.length} runs of ${workflow} (${environment}) go at once`);
    // One that is restarted may queue again just when the turn of the next one was decided.
    const passedOver = others.filter(
      (row) => row.status === "queued" && row.number < number && !this.#actedOn.has(row.id),
    );
    assert.deepEqual(
      passedOver.map((row) => row.number),
      [],
      `run ${number} of ${workflow} begins before older ones`,
    );
  }

  #count(run: LiveRun, results: Map<string, number>, event: RunEvent): void {
    if (event.kind !== "attempt_ended" || event.result.status === "canceled") return;
    const cell = locate(run.state, event.path);
    if (cell === null || cell.block.attempts[cell.index] !== event.attempt) return;
    results.set(event.path, (results.get(event.path) ?? 0) + 1);
  }

  #seen(runId: string): Seen {
    const seen = this.runs.get(runId);
    assert.ok(seen !== undefined, `nobody has created run ${runId}`);
    return seen;
  }

  /** What is wrong is told at the end of the seed; the service must not be able to swallow it. */
  #hold(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.problem ??= error instanceof Error ? error : new NotAnError(String(error));
    }
  }
}

/** In which statuses jobs are that have not ended. */
export function openJobs(jobs: JobCounts): readonly StepStatus[] {
  return STEP_STATUSES.filter((status) => !isStepEnded(status) && (jobs[status] ?? 0) > 0);
}

/** What may start one run of a workflow, whatever key the store is given for it; null for what may start any number. */
function causeOf({ workflow, trigger }: RunRow): string | null {
  switch (trigger.kind) {
    case "step":
      return `attempt ${trigger.attempt} of ${trigger.runId} ${trigger.path}`;
    case "schedule":
      return `slot ${trigger.slotAt} of ${workflow}`;
    case "signal":
      return `signal ${trigger.signalId} for ${workflow}`;
    case "workflow":
      return `the end of ${trigger.runId} for ${workflow}`;
    default:
      return null;
  }
}

class NotAnError extends Error {
  readonly code = "not-an-error";
}
