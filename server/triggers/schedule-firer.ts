import { jitterFor } from "@headwater/workflow";
import type {
  DueSchedule,
  NewRun,
  ScheduleFire,
  ScheduleRow,
  VersionRow,
  WorkflowRow,
} from "../store/store.js";
import { dueSlots, MAX_SLOTS_AT_ONCE, type DueSlots } from "./missed-slots.js";
import { newRun, placeOf } from "./new-run.js";
import { RoundReads } from "./round-reads.js";
import type { TriggersOptions } from "./triggers.js";

const SCHEDULES_A_ROUND = 1000;
/** So many are looked up at once when there is a backlog, to be fired workflow by workflow. */
const SCHEDULES_A_SWEEP = 10 * SCHEDULES_A_ROUND;

/** A schedule with the workflow that it starts, which has the version that its trigger is of; null when that is gone. */
interface Firing {
  readonly schedule: DueSchedule;
  readonly workflow: WorkflowRow | null;
  readonly version: VersionRow | null;
}

/** What is fired together, and how many schedules that takes from what is due. */
interface Round {
  readonly fires: readonly ScheduleFire[];
  readonly taken: number;
}

/** Turns slots of schedules into runs, the longest due first; one batch at a time. */
export class ScheduleFirer {
  readonly #options: TriggersOptions;
  /** Nothing was missed since then. Earlier when the clock is set back: what comes then again was not missed. */
  #upSince: number;
  /** What was found due and has not been looked at. The store refuses what has changed since. */
  #due: readonly DueSchedule[] = [];
  /** The last of what was found due, where more may be; null where that was all. */
  #last: DueSchedule | null = null;
  /** The next round of it, decided already. */
  #prepared: Round | null = null;

  constructor(options: TriggersOptions) {
    this.#options = options;
    this.#upSince = options.clock.now();
  }

  /** Fires what has come; null when nothing has. `hasEnded` tells that a run ended at birth, which others may wait for. */
  async fireNext(): Promise<{ readonly hasEnded: boolean } | null> {
    const { store, runs } = this.#options;
    if (this.#due.length === 0) await this.#sweep();
    if (this.#due.length === 0) return null;
    const { fires, taken } = this.#prepared ?? (await this.#nextRound());
    this.#due = this.#due.slice(taken);
    const preparing = this.#prepare();
    try {
      const created = await store.fireSchedules(fires);
      runs.adopt(created);
      return { hasEnded: created.some(({ endedAt }) => endedAt !== null) };
    } finally {
      // Also where it failed: what is decided now comes next, and nothing is decided beside it.
      await preparing;
    }
  }

  /** Decides what comes next of a backlog while the store writes what came before. What cannot be read now is read in its turn. */
  async #prepare(): Promise<void> {
    this.#prepared = null;
    try {
      if (this.#due.length === 0 && this.#last !== null) await this.#sweep(this.#last);
      if (this.#due.length > 0) this.#prepared = await this.#nextRound();
    } catch {
      this.#prepared = null;
    }
  }

  /** Finds what is due, or what is due after the last that was found: that is still being written. */
  async #sweep(after?: DueSchedule): Promise<void> {
    const { store, clock } = this.#options;
    this.#last = null;
    const due = await store.listDueSchedules(clock.now(), SCHEDULES_A_SWEEP, after);
    if (due.length === SCHEDULES_A_SWEEP) this.#last = due.at(-1) ?? null;
    this.#due = byWorkflow(due);
  }

  #nextRound(): Promise<Round> {
    return this.#firesOf(this.#due.slice(0, SCHEDULES_A_ROUND));
  }

  /** Schedules beyond what one round fires are not taken; those that a deployment changes meanwhile stay due and come again. */
  async #firesOf(due: readonly DueSchedule[]): Promise<Round> {
    const fires: ScheduleFire[] = [];
    const reads = new RoundReads(this.#options.store);
    const firings = await Promise.all(due.map((schedule) => firingOf(schedule, reads)));
    let limit = MAX_SLOTS_AT_ONCE;
    let taken = 0;
    for (const firing of firings) {
      if (limit === 0) break;
      taken += 1;
      if ((firing.workflow?.versionId ?? null) !== firing.schedule.versionId) continue;
      const fire = this.#fire(firing, limit);
      limit -= fire.runs.length;
      fires.push(fire);
    }
    return { fires, taken };
  }

  #fire(firing: Firing, limit: number): ScheduleFire {
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
      runs: this.#runsOfSlots(firing, due.fire),
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

  #runsOfSlots({ schedule, workflow, version }: Firing, slots: readonly number[]): readonly NewRun[] {
    const { ids, clock } = this.#options;
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

/**
 * What is more than a round in order of workflows, each one's longest due first: runs that lie together in the indexes of the store are
 * written to few of its pages, where each of a thousand random ones has some for itself.
 */
function byWorkflow(due: readonly DueSchedule[]): readonly DueSchedule[] {
  if (due.length <= SCHEDULES_A_ROUND) return due;
  const places = new Map<string, DueSchedule[]>();
  for (const schedule of due) {
    const place = placeOf(schedule);
    const others = places.get(place);
    if (others === undefined) places.set(place, [schedule]);
    else others.push(schedule);
  }
  return [...places.keys()].toSorted().flatMap((place) => places.get(place) ?? []);
}

async function firingOf(schedule: DueSchedule, reads: RoundReads): Promise<Firing> {
  const workflow = await workflowOf(schedule, reads);
  return {
    schedule,
    workflow,
    version: workflow === null ? null : await reads.findVersion(workflow.versionId),
  };
}

/** The workflow as it lives, or as it was while a schedule that is gone was live; null when it is gone. */
async function workflowOf(
  { past, versionId, ...key }: DueSchedule,
  reads: RoundReads,
): Promise<WorkflowRow | null> {
  const workflow = await reads.findWorkflow(key);
  if (workflow === null || workflow.removedAt !== null) return null;
  if (past === null || versionId === null) return workflow;
  const { commit, repositoryId } = past;
  return { ...workflow, versionId, commit, repositoryId };
}
