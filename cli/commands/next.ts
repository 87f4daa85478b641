import { type Command, InvalidArgumentError } from "commander";
import {
  clockText,
  createScheduleReader,
  createTimeZones,
  formatDuration,
  formatTimestamp,
  localText,
  type ScheduleReader,
  type ScheduleTrigger,
  type TimeZones,
  type UpcomingFire,
  upcomingFires,
  visibleLine,
} from "@headwater/workflow";
import { type Context, type FormatOption, print, withFormat } from "../context.js";
import { instant } from "../instant-argument.js";
import { renderTable } from "../table.js";
import { openWorkflow } from "../workflow-file.js";

interface NextOptions extends FormatOption {
  readonly after?: number;
  readonly count: number;
}

interface Row {
  readonly at: number;
  readonly cells: readonly string[];
}

const COUNT_MAX = 10_000;

/** `headwater next FILE`: when the schedules of a workflow fire. */
export function addNextCommand(program: Command, context: Context): void {
  withFormat(
    program.command("next").description("list when the schedules of a workflow fire, jitter left out"),
  )
    .argument("<file>", "a workflow")
    .option(
      "--after <time>",
      "strictly after this time, such as 2026-11-01T00:00:00Z (default: now)",
      instant,
    )
    .option("--count <number>", "how many, in all", count, 10)
    .action((file: string, { format, ...options }: NextOptions) => {
      const workflow = openWorkflow(file, context);
      if (workflow === null) return;
      const schedules = workflow.definition.triggers.filter((trigger) => trigger.kind === "schedule");
      const afterMs = options.after ?? context.io.now();
      const reader = createScheduleReader();
      const fires = upcomingFires(schedules, { afterMs, count: options.count }, reader);
      const text = (): string =>
        schedules.length === 0
          ? `Workflow "${workflow.id}" has no schedules\n`
          : renderFires(context, { fires, schedules, afterMs, reader });
      print(
        context,
        fires.map(({ at }) => formatTimestamp(at)),
        { format, text },
      );
    });
}

interface Upcoming {
  readonly fires: readonly UpcomingFire<ScheduleTrigger>[];
  readonly schedules: readonly ScheduleTrigger[];
  readonly afterMs: number;
  readonly reader: ScheduleReader;
}

function renderFires({ style, io }: Context, upcoming: Upcoming): string {
  const zones = createTimeZones();
  const rows = [
    ...upcoming.fires.map((fire) => fireRow(fire, zones)),
    ...changeRows(upcoming).map(({ at, cells }) => ({ at, cells: cells.map(style.busy) })),
  ].toSorted((one, other) => one.at - other.at);
  const cells = rows.map((row) => row.cells);
  const table = renderTable(["LOCAL TIME", "UTC", "SCHEDULE"], cells, io.stdout.columns);
  const notes = upcoming.schedules.flatMap((schedule) => notesOn(schedule, upcoming));
  const parts = [
    ...(rows.length === 0 ? [] : [table]),
    ...(notes.length === 0 ? [] : [`${notes.join("\n")}\n`]),
  ];
  return parts.join("\n");
}

/** One schedule of those that fire then gives the clock; all are named. */
function fireRow({ at, schedules }: UpcomingFire<ScheduleTrigger>, zones: TimeZones): Row {
  const offsetMs = zones.offsetMs(schedules[0]?.timezone ?? "UTC", at);
  return { at, cells: [localText(at, offsetMs), formatTimestamp(at), schedules.map(nameOf).join(", ")] };
}

function nameOf({ schedule, timezone }: ScheduleTrigger): string {
  return visibleLine(`${schedule} (${timezone})`);
}

/** Between the fires, what the clocks of their zones do: that is where a schedule surprises. */
function changeRows({ fires, schedules, reader, afterMs }: Upcoming): readonly Row[] {
  const untilMs = fires.at(-1)?.at ?? afterMs;
  const timezones = [...new Set(schedules.map(({ timezone }) => timezone))];
  return timezones.flatMap((timezone) =>
    reader.clockChanges(timezone, { afterMs, untilMs }).map(({ at, offsetMsBefore, offsetMsAfter }) => {
      const isForward = offsetMsAfter > offsetMsBefore;
      const [from, to] = isForward ? [offsetMsBefore, offsetMsAfter] : [offsetMsAfter, offsetMsBefore];
      const missing = `${clockText(at, from)} to ${clockText(at, to)} ${isForward ? "does not exist" : "comes twice"}`;
      const shift = `clocks go ${isForward ? "forward" : "back"} ${formatDuration(to - from)}`;
      // Just before a fire at that instant: the change is why it stands there.
      return { at: at - 0.5, cells: [shift, formatTimestamp(at), `${missing} (${timezone})`] };
    }),
  );
}

/** What the table cannot show. */
function notesOn(schedule: ScheduleTrigger, { reader, afterMs }: Upcoming): readonly string[] {
  const { startsAt, endsAt, jitterMs } = schedule;
  if (reader.nextFire(schedule, afterMs) !== null) {
    return jitterMs === 0
      ? []
      : [
          `${nameOf(schedule)}: each run starts later by a fixed jitter of less than ${formatDuration(jitterMs)}`,
        ];
  }
  if (endsAt !== null && endsAt <= afterMs)
    return [`${nameOf(schedule)} ended at ${formatTimestamp(endsAt)}`];
  const fires = reader.nextFire({ ...schedule, endsAt: null }, Math.max(afterMs, startsAt ?? 0)) !== null;
  return [
    fires && endsAt !== null
      ? `${nameOf(schedule)} does not fire again before it ends at ${formatTimestamp(endsAt)}`
      : `${nameOf(schedule)} ${whyNever(schedule, reader)}`,
  ];
}

function whyNever(schedule: ScheduleTrigger, reader: Upcoming["reader"]): string {
  const everFired = reader.nextFire({ ...schedule, startsAt: null, endsAt: null }, 0) !== null;
  return everFired ? "does not fire any more: the calendar ends there" : "never fires: there is no such day";
}

function count(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= COUNT_MAX) return value;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${COUNT_MAX}.`);
}
