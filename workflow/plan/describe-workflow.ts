import { counted } from "../diagnostics/counted.js";
import type { Downstream } from "./downstream.js";
import { code, line, listed, MARKS, type OutlineLine, type OutlineSection, type Span } from "./outline.js";
import type { Edit, WorkflowChange } from "./plan.js";
import type { PlannedSchedule, ScheduleChange, ScheduleSwitch } from "./schedule-change.js";
import type { Json } from "../types/json.js";
import { clipped, lineDifference, toldApart, valueText } from "./value-text.js";
import type { WorkflowLink } from "./workflow-graph.js";

const EDITS_SHOWN_MAX = 40;
const DOWNSTREAM_SHOWN_MAX = 20;

/** One workflow's change: its name, then edits, schedules and who is downstream. */
export function describeWorkflow(change: WorkflowChange): OutlineSection {
  return {
    heading: { depth: 0, mark: MARKS[change.change], spans: headingOf(change) },
    lines: [
      ...shortened(change.edits.filter(isNotOfSchedule).map(describeEdit), EDITS_SHOWN_MAX),
      ...change.schedules.flatMap(describeSchedule),
      ...shortened(
        change.downstream.map((downstream) => describeDownstream(change.id, downstream)),
        DOWNSTREAM_SHOWN_MAX,
      ),
    ],
  };
}

function headingOf({ id, change, path, replaces, makesVersion, unread }: WorkflowChange): readonly Span[] {
  const { before, after } = path;
  const way =
    before === null || after === null || before === after
      ? [code(after ?? before ?? "")]
      : [code(before), " → ", code(after)];
  if (unread.length > 0)
    return [`cannot compare `, code(id), " in ", ...way, ": cannot read ", ...listed(unread)];
  const version = change === "changed" ? (makesVersion ? ": new version" : ": no new version") : "";
  const origin =
    replaces === null ? [] : [", instead of ", code(replaces), ": its runs are another workflow's"];
  return [`${change} `, code(id), " in ", ...way, version, ...origin];
}

/** When a schedule fires is told with its fires. */
function isNotOfSchedule({ part, key }: Edit): boolean {
  return part.kind !== "trigger" || (key !== "schedule" && key !== "timezone");
}

function describeEdit(edit: Edit): OutlineLine {
  const { change, part, key, before, after, isOperational } = edit;
  const name = part.kind === "workflow" ? [] : [`${part.kind} `, code(part.name)];
  const where = key === null ? name : [...name, name.length === 0 ? "" : ": ", code(key)];
  const note = isOperational ? " (for queued runs at once)" : "";
  const isWhole = key === null && (before === null || after === null);
  const said = isWhole ? describeWhole(part, before ?? after) : describeValues(before, after);
  return { depth: 0, mark: MARKS[change], spans: [...where, ...said, note] };
}

function describeValues(before: Edit["before"], after: Edit["after"]): readonly Span[] {
  if (before === null) return [" ", code(valueText(after))];
  if (after === null) return [" ", code(valueText(before))];
  const lines = lineDifference(before, after);
  if (lines === null) return [" ", ...changeSpans(before, after, valueText)];
  const extent =
    lines.linesBefore + lines.linesAfter > 2
      ? ` (${lines.linesBefore} → ${counted(lines.linesAfter, "line")})`
      : "";
  return [` from line ${lines.line}${extent}: `, ...changeSpans(lines.before, lines.after, clipped)];
}

/** Values that read alike are told so that what differs is seen. */
function changeSpans<Value extends Json>(
  ...[before, after, textOf]: readonly [Value, Value, (value: Value) => string]
): readonly Span[] {
  const [old, now] = [textOf(before), textOf(after)];
  const [shownOld, shownNow] = old === now ? toldApart(before, after) : [old, now];
  return [code(shownOld), " → ", code(shownNow)];
}

/** What its name says already. */
const TOLD_BY_NAME: ReadonlySet<string> = new Set(["kind", "signal", "workflow"]);

/** Of a trigger that is new or gone, what it hears and what it hands to the run; of a step what it does. */
function describeWhole({ kind }: Edit["part"], whole: Edit["after"]): readonly Span[] {
  if (kind !== "trigger" || typeof whole !== "object" || whole === null || "schedule" in whole)
    return kindOf(whole);
  return Object.entries(whole)
    .filter(([key]) => !TOLD_BY_NAME.has(key))
    .flatMap(([key, value], index): readonly Span[] => [
      index === 0 ? ": " : ", ",
      code(key),
      " ",
      code(valueText(value)),
    ]);
}

/** Of a step that is new, what it does. */
function kindOf(whole: Edit["after"]): readonly Span[] {
  const kind = typeof whole === "object" && whole !== null && "kind" in whole ? whole["kind"] : null;
  return typeof kind === "string" ? [" (", code(kind), ")"] : [];
}

function describeSchedule({
  change,
  before,
  after,
  switch: switched,
}: ScheduleChange): readonly OutlineLine[] {
  const only = after ?? before;
  const mark = MARKS[change];
  if (before === null || after === null) {
    return only === null
      ? []
      : [
          { depth: 0, mark, spans: ["schedule ", ...scheduleSpans(only)] },
          firesLine(change === "removed" ? "would be next" : "next", only),
        ];
  }
  return [
    { depth: 0, mark, spans: ["schedule ", ...scheduleSpans(before), " → ", ...scheduleSpans(after)] },
    firesLine("before", before),
    firesLine("after", after),
    ...(switched === null ? [] : describeSwitch(switched)),
  ];
}

function scheduleSpans({ schedule, timezone }: PlannedSchedule): readonly Span[] {
  return [code(schedule), " ", code(timezone)];
}

function firesLine(title: string, { fires }: PlannedSchedule): OutlineLine {
  return line(1, `${title}: ${fires.length === 0 ? "never" : fires.map(fireText).join(", ")}`);
}

function describeSwitch(switched: ScheduleSwitch): readonly OutlineLine[] {
  const { period, startsAt, lost, doubled, fired, toCome, passed, dropped } = switched;
  const when = `in the ${period} from ${fireText(startsAt)}`;
  if (lost > 0) {
    return [
      line(1, `the switch loses ${counted(lost, "slot")} ${when}`),
      line(2, `passed before it, by the new schedule: ${slotsText(passed)}`),
      line(2, `no longer to come, of the old one: ${slotsText(dropped)}`),
    ];
  }
  if (doubled === 0) return [];
  return [
    line(1, `the switch doubles ${counted(doubled, "slot")} ${when}`),
    line(2, `fired already, by the old schedule: ${slotsText(fired)}`),
    line(2, `still to come, of the new one: ${slotsText(toCome)}`),
  ];
}

function slotsText(slots: readonly string[]): string {
  return slots.length === 0 ? "none" : slots.map(fireText).join(", ");
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** `Mon 2026-11-02 06:00 -08:00`, of an RFC 3339 text. */
function fireText(timestamp: string): string {
  const [, date = "", time = "", offset = ""] = /^(.{10})T(.{8})(.*)$/.exec(timestamp) ?? [];
  const weekday = WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? "";
  return `${weekday} ${date} ${time.replace(/:00$/, "")}${offset === "Z" ? "Z" : ` ${offset}`}`;
}

function describeDownstream(id: string, { change, path }: Downstream): OutlineLine {
  const mark = change === "gained" ? "+" : change === "lost" ? "-" : null;
  const hops = path.flatMap((link, index): readonly Span[] => [
    index === 0 ? " " : ", which ",
    ...hopSpans(link),
  ]);
  return { depth: 0, mark, spans: ["downstream: ", code(id), ...hops] };
}

function hopSpans({ via, name, to }: WorkflowLink): readonly Span[] {
  switch (via) {
    case "signal":
      return ["emits ", code(name), ", heard by ", code(to)];
    case "workflow":
      return ["starts ", code(to), " when it ends"];
    case "subworkflow":
      return ["runs ", code(to)];
    case "caller":
      return ["is run by ", code(to)];
  }
}

function shortened(lines: readonly OutlineLine[], most: number): readonly OutlineLine[] {
  const more = lines.length - most;
  return more > 0 ? [...lines.slice(0, most), line(0, `and ${more} more`)] : lines;
}
