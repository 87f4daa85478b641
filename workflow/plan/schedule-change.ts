import { canonicalJson } from "../compile/canonical-json.js";
import type { ScheduleTrigger, Trigger } from "../definition/definition.js";
import { firesAfter } from "../schedule/fires-after.js";
import { firesAlike } from "../schedule/fires-alike.js";
import type { ScheduleReader, ScheduleTiming } from "../schedule/schedule.js";
import type { TimeZones } from "../types/time-zones.js";
import { PERIOD_UNITS, periodAround, unitOfInterval, type PeriodUnit } from "./calendar-period.js";
import { pairBy } from "./item-pairs.js";
import { zonedTimestamp } from "./zoned-time.js";

/** A schedule that fires at other times than before, or that is only on one side. */
export interface ScheduleChange {
  readonly change: "added" | "changed" | "removed";
  readonly before: PlannedSchedule | null;
  readonly after: PlannedSchedule | null;
  /** What the switch itself does; null when nothing is switched, or when one of the two fires too seldom to say. */
  readonly switch: ScheduleSwitch | null;
}

export interface PlannedSchedule {
  readonly schedule: string;
  /** IANA name: the author's time zone. */
  readonly timezone: string;
  /** The next five, jitter left out, in RFC 3339 with the offset of the author's time zone. */
  readonly fires: readonly string[];
}

/**
 * The calendar period in which the schedule is switched, in the new time zone: the hour, day, week, month or year that a
 * slot of the schedule stands for. Before the switch the old schedule's slots have fired, after it the new one's do.
 */
export interface ScheduleSwitch {
  readonly period: PeriodUnit;
  /** RFC 3339 in the new time zone. */
  readonly startsAt: string;
  /** How many slots fewer the period has than with either schedule alone. */
  readonly lost: number;
  /** How many slots more the period has than with either schedule alone. */
  readonly doubled: number;
  /** Slots of the old schedule that have fired in the period, the last five. */
  readonly fired: readonly string[];
  /** Slots of the new schedule that are still to come in it, the first five. */
  readonly toCome: readonly string[];
  /** Slots of the new schedule that passed before the switch, the last five: nothing fires for them. */
  readonly passed: readonly string[];
  /** Slots of the old schedule that come no more, the first five. */
  readonly dropped: readonly string[];
}

export interface ScheduleClock {
  /** Epoch milliseconds of the switch: slots up to it are the old schedule's, later ones the new one's. */
  readonly at: number;
  readonly schedules: ScheduleReader;
  readonly zones: TimeZones;
}

const FIRES_SHOWN = 5;
/** A period with more slots than this is not counted: nobody misses one of so many. */
const SLOTS_COUNTED_MAX = 2000;

/** How the schedules of a workflow change; what fires when it did is left out. */
export function scheduleChanges(
  before: readonly Trigger[],
  after: readonly Trigger[],
  clock: ScheduleClock,
): readonly ScheduleChange[] {
  const firesOf = (trigger: ScheduleTrigger): string =>
    canonicalJson(firesAlike(trigger, clock.schedules) ?? timingOf(trigger));
  const pairs = pairBy(before.filter(isSchedule), after.filter(isSchedule), [
    firesOf,
    (trigger) => trigger.schedule,
    (trigger) => trigger.timezone,
    () => "",
  ]);
  return pairs
    .filter(
      ({ before, after }) =>
        before === undefined || after === undefined || firesOf(before) !== firesOf(after),
    )
    .map(({ before, after }) => ({
      change: before === undefined ? "added" : after === undefined ? "removed" : "changed",
      before: before === undefined ? null : plannedSchedule(before, clock),
      after: after === undefined ? null : plannedSchedule(after, clock),
      switch: before === undefined || after === undefined ? null : switchOf(before, after, clock),
    }));
}

/** What of a trigger decides when it fires. */
export function timingOf({
  schedule,
  timezone,
  gap,
  overlap,
  startsAt,
  endsAt,
}: ScheduleTiming): ScheduleTiming {
  return { schedule, timezone, gap, overlap, startsAt, endsAt };
}

function isSchedule(trigger: Trigger): trigger is ScheduleTrigger {
  return trigger.kind === "schedule";
}

function plannedSchedule(trigger: ScheduleTrigger, { at, schedules, zones }: ScheduleClock): PlannedSchedule {
  const fires: string[] = [];
  for (const fire of firesAfter(trigger, at, schedules)) {
    fires.push(zonedTimestamp(fire, trigger.timezone, zones));
    if (fires.length === FIRES_SHOWN) break;
  }
  return { schedule: trigger.schedule, timezone: trigger.timezone, fires };
}

function switchOf(
  before: ScheduleTrigger,
  after: ScheduleTrigger,
  clock: ScheduleClock,
): ScheduleSwitch | null {
  const units = [unitOf(before, clock), unitOf(after, clock)];
  const unit = PERIOD_UNITS.findLast((known) => units.includes(known));
  if (unit === undefined || units.includes(null)) return null;
  const { at, zones } = clock;
  const { timezone } = after;
  const { startsAt, endsAt } = periodAround(at, unit, { timezone, zones });
  const old = slotsBetween(before, startsAt - 1, { until: endsAt, clock });
  const now = slotsBetween(after, startsAt - 1, { until: endsAt, clock });
  if (old === null || now === null) return null;
  const [fired, dropped] = splitAt(old, at);
  const [passed, toCome] = splitAt(now, at);
  const slots = fired.length + toCome.length;
  const shown = (instants: readonly number[]): readonly string[] =>
    instants.map((instant) => zonedTimestamp(instant, timezone, zones));
  return {
    period: unit,
    startsAt: zonedTimestamp(startsAt, timezone, zones),
    lost: Math.max(0, Math.min(old.length, now.length) - slots),
    doubled: Math.max(0, slots - Math.max(old.length, now.length)),
    fired: shown(fired.slice(-FIRES_SHOWN)),
    toCome: shown(toCome.slice(0, FIRES_SHOWN)),
    passed: shown(passed.slice(-FIRES_SHOWN)),
    dropped: shown(dropped.slice(0, FIRES_SHOWN)),
  };
}

/** What one slot of a schedule stands for, by the shortest of the next distances; null when it fires once at most. */
function unitOf(trigger: ScheduleTrigger, { at, schedules }: ScheduleClock): PeriodUnit | null {
  let shortest = Infinity;
  let seen = 0;
  let last = -Infinity;
  // From its first slot on, for a schedule that begins later; and not up to its end, which says nothing of its rhythm.
  for (const slot of firesAfter({ ...trigger, endsAt: null }, at, schedules)) {
    shortest = Math.min(shortest, slot - last);
    last = slot;
    seen += 1;
    if (seen > FIRES_SHOWN) break;
  }
  return shortest === Infinity ? null : unitOfInterval(shortest);
}

/** The slots strictly after an instant and before another; null when they are too many to matter singly. */
function slotsBetween(
  trigger: ScheduleTrigger,
  after: number,
  { until, clock }: { readonly until: number; readonly clock: ScheduleClock },
): readonly number[] | null {
  const slots: number[] = [];
  for (const slot of firesAfter(trigger, after, clock.schedules)) {
    if (slot >= until) break;
    slots.push(slot);
    if (slots.length > SLOTS_COUNTED_MAX) return null;
  }
  return slots;
}

function splitAt(
  slots: readonly number[],
  at: number,
): readonly [upTo: readonly number[], later: readonly number[]] {
  return [slots.filter((slot) => slot <= at), slots.filter((slot) => slot > at)];
}
