import {
  clockText,
  scheduleInWords,
  upcomingFires,
  wallText,
  weekday,
  type ClockChange,
  type ScheduleReader,
  type ScheduleTiming,
  type TimeZones,
} from "@headwater/workflow";
import { asCode } from "../markdown.js";

/** What tells when schedules fire. */
export interface Almanac {
  /** Epoch milliseconds. */
  readonly nowMs: number;
  readonly reader: ScheduleReader;
  readonly zones: TimeZones;
}

const FIRES = 5;
/** Both changes of most zones. */
const AHEAD_MS = 366 * 86_400_000;

/** A schedule in words, its next fires in its time zone, and the changes of the clock ahead; null for what is no schedule. */
export function scheduleHover(timing: ScheduleTiming, almanac: Almanac): string | null {
  const { schedule, timezone } = timing;
  const { nowMs, reader, zones } = almanac;
  const parsed = reader.parse(schedule, timezone);
  if (!parsed.ok) return null;
  const isCron = parsed.schedule.kind === "cron";
  const words = scheduleInWords(schedule) ?? "A schedule";
  const fires = upcomingFires([timing], { afterMs: nowMs, count: FIRES }, reader);
  const times = fires.map(({ at }) => wallText(at, zones.offsetMs(timezone, at)));
  const untilMs = Math.min(nowMs + AHEAD_MS, timing.endsAt ?? Number.POSITIVE_INFINITY);
  const changes = isCron ? reader.clockChanges(timezone, { afterMs: nowMs, untilMs }) : [];
  return [
    `**${words}**, ${asCode(timezone)}`,
    times.length === 0 ? "It does not fire any more." : listUnder("Next fires", times),
    ...(changes.length === 0
      ? []
      : [
          listUnder(
            "Clock changes ahead",
            changes.map((change) => changeText(change, timing, reader)),
          ),
        ]),
  ].join("\n\n");
}

/** The next fire alone, on the wall clock of its zone; null when there is none. */
export function nextFireText(timing: ScheduleTiming, { nowMs, reader, zones }: Almanac): string | null {
  const at = reader.nextFire(timing, nowMs);
  return at === null ? null : wallText(at, zones.offsetMs(timing.timezone, at));
}

function listUnder(title: string, lines: readonly string[]): string {
  return `${title}:\n\n${lines.map((line) => `- ${line}`).join("\n")}`;
}

/** What becomes of the schedule at the change, as far as it fires then. */
function changeText(
  { at, offsetMsBefore, offsetMsAfter }: ClockChange,
  timing: ScheduleTiming,
  reader: ScheduleReader,
): string {
  const isForward = offsetMsAfter > offsetMsBefore;
  const way = `${clockText(at, offsetMsBefore)} becomes ${clockText(at, offsetMsAfter)}`;
  const day = new Date(at + offsetMsAfter).toISOString().slice(0, 10);
  const shiftMs = Math.abs(offsetMsAfter - offsetMsBefore);
  const effect = isForward ? gapEffect(at, timing, reader) : overlapEffect(at, shiftMs, { timing, reader });
  return `${weekday(at, offsetMsAfter)} ${day}, ${way}${effect}`;
}

/** Slots that do not exist that day show by the two ways to treat them. */
function gapEffect(at: number, timing: ScheduleTiming, reader: ScheduleReader): string {
  const fires = (gap: ScheduleTiming["gap"]): boolean => reader.nextFire({ ...timing, gap }, at - 1) === at;
  if (!fires("run_after") || fires("skip")) return "";
  return fires(timing.gap)
    ? ": what would fire in the hour that is left out fires then"
    : ": what would fire in the hour that is left out does not fire";
}

function overlapEffect(
  at: number,
  shiftMs: number,
  { timing, reader }: { readonly timing: ScheduleTiming; readonly reader: ScheduleReader },
): string {
  const next = (overlap: ScheduleTiming["overlap"]): number =>
    reader.nextFire({ ...timing, overlap }, at - 1) ?? Number.POSITIVE_INFINITY;
  if (next("twice") >= at + shiftMs) return "";
  return next(timing.overlap) < at + shiftMs
    ? ": what fires in the hour that is repeated fires twice"
    : ": what fires in the hour that is repeated fires once";
}
