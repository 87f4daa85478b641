import { jitterFor } from "@headwater/workflow";
import type { DueSchedule, NewRun, ScheduleFire, ScheduleRow, WorkflowRow } from "../store/store.js";
import { dueSlots, MAX_SLOTS_AT_ONCE, type DueSlots } from "./missed-slots.js";
import { newRun } from "./new-run.js";
import type { TriggersOptions } from "./triggers.js";

const SCHEDULES_A_ROUND = 500;

/** A schedule with the workflow that it starts, which has the version that its trigger is of; null when that is gone. */
interface Firing {
  readonly schedule: DueSchedule;
  readonly workflow: WorkflowRow | null;
}

/** Turns slots of schedules into runs, the longest due first; one batch at a time. */
export class ScheduleFirer {
  readonly #options: TriggersOptions;
  /** Nothing was missed since then. Earlier when the clock is set back: what comes then again was not missed. */
  #upSince: number;

  constructor(options: TriggersOptions) {
    this.#options = options;
    this.#upSince = options.clock.now();
  }

  /** Fires what has come; null when nothing has. `hasEnded` tells that a run ended at birth, which others may wait for. */
  async fireNext(): Promise<{ readonly hasEnded: boolean } | null> {
    const { store, runs, clock } = this.#options;
    const due = await store.listDueSchedules(clock.now(), SCHEDULES_A_ROUND);
    if (due.length === 0) return null;
    const created = await store.fireSchedules(await this.#firesOf(due));
    runs.adopt(created);
    return { hasEnded: created.some(({ endedAt }) => endedAt !== null) };
  }

  /** Schedules beyond what one round fires stay due and come next, as do those that a deployment changes meanwhile. */
  async #firesOf(due: readonly DueSchedule[]): Promise<readonly ScheduleFire[]> {
    const fires: ScheduleFire[] = [];
    let limit = MAX_SLOTS_AT_ONCE;
    for (const schedule of due) {
      if (limit === 0) break;
      const workflow = await this.#workflowOf(schedule);
      if ((workflow?.versionId ?? null) !== schedule.versionId) continue;
      const fire = await this.#fire({ schedule, workflow }, limit);
      limit -= fire.runs.length;
      fires.push(fire);
    }
    return fires;
  }

  /** The workflow as it lives, or as it was while a schedule that is gone was live; null when it is gone. */
  async #workflowOf({ past, versionId, ...key }: DueSchedule): Promise<WorkflowRow | null> {
    const workflow = await this.#options.store.findWorkflow(key);
    if (workflow === null || workflow.removedAt !== null) return null;
    if (past === null || versionId === null) return workflow;
    const { commit, repositoryId } = past;
    return { ...workflow, versionId, commit, repositoryId };
  }

  async #fire(firing: Firing, limit: number): Promise<ScheduleFire> {
    const { schedule } = firing;
    const now = this.#options.clock.now();
    this.#upSince = Math.min(this.#upSince, now);
    const from = schedule.nextSlotAt ?? now;
    const until = schedule.past?.until ?? Number.POSITIVE_INFINITY;
    const jitter = jitterFor(schedule.id, schedule.trigger.jitterMs);
    const upSince = Math.max(this.#upSince, Math.min(schedule.resumedAt ?? 0, now)) - jitter;
    // A slot has come when its jitter is over as well.
    const due = dueSlots(this.#options.scheduleReader, schedule.trigger, {
      from,
      upSince: Math.min(upSince, until + 1),
      now: Math.min(now - jitter, until),
      limit,
    });
    this.#warnOfPassed(schedule, due.passed);
    const nextSlotAt = due.nextSlotAt !== null && due.nextSlotAt <= until ? due.nextSlotAt : null;
    return {
      scheduleId: schedule.id,
      pastKey: schedule.past?.key ?? null,
      expectedSlotAt: from,
      versionId: schedule.versionId,
      nextSlotAt,
      nextAt: nextSlotAt === null ? null : nextSlotAt + jitter,
      runs: await this.#runsOfSlots(firing, due.fire),
    };
  }

  #warnOfPassed({ project, workflow, trigger }: ScheduleRow, passed: DueSlots["passed"]): void {
    if (passed === null) return;
    this.#options.log.warn(
      "slots of a schedule passed without a run while the service was down or the workflow paused",
      {
        project,
        workflow,
        missed: trigger.missed,
        from: new Date(passed.from).toISOString(),
        before: new Date(passed.before).toISOString(),
      },
    );
  }

  async #runsOfSlots({ schedule, workflow }: Firing, slots: readonly number[]): Promise<readonly NewRun[]> {
    const { store, ids, clock } = this.#options;
    const version = workflow === null ? null : await store.findVersion(workflow.versionId);
    if (workflow === null || version === null) return [];
    return slots.map((slotAt) =>
      newRun(this.#options, {
        id: ids.next("run", clock.now()),
        workflow,
        definition: version.definition,
        trigger: { kind: "schedule", schedule: schedule.trigger.schedule, slotAt },
        triggerKey: `slot:${schedule.id}:${slotAt}`,
        dedupe: null,
        params: schedule.trigger.params,
        scheduledAt: slotAt,
        now: clock.now(),
      }),
    );
  }
}
