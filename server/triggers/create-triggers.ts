import { hearsSignal } from "@headwater/engine";
import { createEvaluator, createScheduleReader, jitterFor } from "@headwater/workflow";
import type { Evaluator, ScheduleReader, SignalTrigger, Trigger, WorkflowTrigger } from "@headwater/workflow";
import type { Clock } from "../clock.js";
import type { Ids } from "../ids.js";
import type { Log } from "../log.js";
import type { Runs } from "../runs/runs.js";
import { runEndedSignal } from "../store/run-ended-signal.js";
import type { NewRun, ScheduleFire, ScheduleRow, SignalRow, Store, WorkflowRow } from "../store/store.js";
import { DEPTH_MAX } from "./chain-depth.js";
import { Loop } from "./loop.js";
import { dueSlots, MAX_SLOTS_AT_ONCE, type DueSlots } from "./missed-slots.js";
import { newRun } from "./new-run.js";
import type { Triggers } from "./triggers.js";

const SCHEDULES_A_ROUND = 500;
const SIGNALS_A_ROUND = 200;

export interface TriggersOptions {
  readonly store: Store;
  readonly runs: Pick<Runs, "adopt">;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** The triggers of this service; see `Triggers`. All schedules together cost one timer: that of the earliest. */
export function createTriggers(options: TriggersOptions): Triggers {
  return new LocalTriggers(options);
}

class LocalTriggers implements Triggers {
  readonly #options: TriggersOptions;
  readonly #evaluator: Evaluator = createEvaluator();
  readonly #reader: ScheduleReader = createScheduleReader();
  readonly #schedules: Loop;
  readonly #signals: Loop;
  readonly #upSince: number;
  #stopping = false;

  constructor(options: TriggersOptions) {
    this.#options = options;
    this.#upSince = options.clock.now();
    const { clock, log } = options;
    this.#schedules = new Loop({ name: "schedules", clock, log, round: () => this.#fireDue() });
    this.#signals = new Loop({ name: "signals", clock, log, round: () => this.#matchNew() });
  }

  async start(): Promise<void> {
    this.#schedules.wake();
    this.#signals.wake();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([this.#schedules.stop(), this.#signals.stop()]);
  }

  wakeSchedules(): void {
    this.#schedules.wake();
  }

  wakeSignals(): void {
    this.#signals.wake();
  }

  async #fireDue(): Promise<number | null> {
    const { store, runs, clock } = this.#options;
    while (!this.#stopping) {
      const due = await store.listDueSchedules(clock.now(), SCHEDULES_A_ROUND);
      if (due.length === 0) return store.nextScheduleAt();
      const created = await store.fireSchedules(await this.#firesOf(due));
      runs.adopt(created);
      // A run that was created as failed has ended, which others may wait for.
      if (created.some(({ endedAt }) => endedAt !== null)) this.#signals.wake();
    }
    return null;
  }

  /** Schedules beyond what one round fires stay due and come next. */
  async #firesOf(due: readonly ScheduleRow[]): Promise<readonly ScheduleFire[]> {
    const fires: ScheduleFire[] = [];
    let limit = MAX_SLOTS_AT_ONCE;
    for (const schedule of due) {
      if (limit === 0) break;
      const fire = await this.#fire(schedule, limit);
      limit -= fire.runs.length;
      fires.push(fire);
    }
    return fires;
  }

  async #fire(schedule: ScheduleRow, limit: number): Promise<ScheduleFire> {
    const now = this.#options.clock.now();
    const from = schedule.nextSlotAt ?? now;
    const jitter = jitterFor(schedule.id, schedule.trigger.jitterMs);
    // A slot has come when its jitter is over as well.
    const due = dueSlots(this.#reader, schedule.trigger, {
      from,
      upSince: this.#upSince - jitter,
      now: now - jitter,
      limit,
    });
    this.#warnOfPassed(schedule, due.passed);
    return {
      scheduleId: schedule.id,
      expectedSlotAt: from,
      nextSlotAt: due.nextSlotAt,
      nextAt: due.nextSlotAt === null ? null : due.nextSlotAt + jitter,
      runs: await this.#runsOfSlots(schedule, due.fire),
    };
  }

  #warnOfPassed({ project, workflow, trigger }: ScheduleRow, passed: DueSlots["passed"]): void {
    if (passed === null) return;
    this.#options.log.warn("slots of a schedule passed without a run while the service was down", {
      project,
      workflow,
      missed: trigger.missed,
      from: new Date(passed.from).toISOString(),
      before: new Date(passed.before).toISOString(),
    });
  }

  async #runsOfSlots(schedule: ScheduleRow, slots: readonly number[]): Promise<readonly NewRun[]> {
    const { store, ids, clock } = this.#options;
    const workflow = await store.findWorkflow(schedule);
    const version = workflow === null ? null : await store.findVersion(workflow.versionId);
    if (workflow === null || version === null) return [];
    return slots.map((slotAt) =>
      newRun(this.#evaluator, {
        id: ids.next("run", clock.now()),
        workflow,
        definition: version.definition,
        trigger: { kind: "schedule", schedule: schedule.trigger.schedule, slotAt },
        triggerKey: `slot:${schedule.id}:${slotAt}`,
        params: schedule.trigger.params,
        scheduledAt: slotAt,
        now: clock.now(),
      }),
    );
  }

  async #matchNew(): Promise<null> {
    const { store, runs } = this.#options;
    while (!this.#stopping) {
      const signals = await store.listUnmatchedSignals(SIGNALS_A_ROUND);
      const last = signals.at(-1);
      if (last === undefined) return null;
      const matched = await Promise.all(signals.map((signal) => this.#runsOfSignal(signal)));
      runs.adopt(await store.matchSignals(last.id, matched.flat()));
    }
    return null;
  }

  async #runsOfSignal(signal: SignalRow): Promise<readonly NewRun[]> {
    // The run that was refused for its depth has ended; were its end heard, the circle would go on in failed runs.
    if (signal.depth > DEPTH_MAX + 1) return [];
    const listeners = await this.#options.store.listSignalListeners(signal.signal);
    const runs = await Promise.all(listeners.map((workflow) => this.#runsOfListener(signal, workflow)));
    return runs.flat();
  }

  async #runsOfListener(signal: SignalRow, workflow: WorkflowRow): Promise<readonly NewRun[]> {
    const { store, ids, clock } = this.#options;
    const version = await store.findVersion(workflow.versionId);
    if (version === null) return [];
    const { definition } = version;
    return definition.triggers.flatMap((trigger, index) => {
      if (!this.#hears(trigger, signal, workflow)) return [];
      return [
        newRun(this.#evaluator, {
          id: ids.next("run", clock.now()),
          workflow,
          definition,
          trigger: triggerOf(trigger, signal),
          triggerKey: `signal:${signal.id}:${workflow.project}/${workflow.environment}/${workflow.workflow}:${index}`,
          params: trigger.params,
          scheduledAt: signal.at,
          now: clock.now(),
        }),
      ];
    });
  }

  #hears(
    trigger: Trigger,
    signal: SignalRow,
    workflow: WorkflowRow,
  ): trigger is SignalTrigger | WorkflowTrigger {
    switch (trigger.kind) {
      case "schedule":
      // Not executed yet: a deployment refuses it.
      case "all":
        return false;
      case "signal":
        return this.#holds(trigger, signal);
      case "workflow":
        return hearsRunEnd(trigger, signal, workflow);
    }
  }

  /** An `if` that cannot be evaluated does not fire, and says so. */
  #holds(trigger: SignalTrigger, signal: SignalRow): boolean {
    const answer = hearsSignal(this.#evaluator, trigger, signal);
    if (answer.ok) return answer.value;
    this.#options.log.warn("a signal's condition could not be evaluated, so it did not fire", {
      signal: signal.signal,
      id: signal.id,
      problem: answer.message,
    });
    return false;
  }
}

function hearsRunEnd(trigger: WorkflowTrigger, signal: SignalRow, workflow: WorkflowRow): boolean {
  if (signal.signal !== runEndedSignal({ ...workflow, workflow: trigger.workflow })) return false;
  const { status } = signal.params;
  if (trigger.on === "succeeded") return status === "succeeded";
  if (trigger.on === "failed") return status === "failed" || status === "timed_out";
  return status !== "superseded";
}

function triggerOf(trigger: SignalTrigger | WorkflowTrigger, signal: SignalRow): NewRun["trigger"] {
  const { depth } = signal;
  if (trigger.kind === "workflow")
    return { kind: "workflow", workflow: trigger.workflow, runId: signal.runId ?? "", depth };
  return { kind: "signal", signal: signal.signal, signalId: signal.id, params: signal.params, depth };
}
