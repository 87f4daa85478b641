import { counted } from "../diagnostics/counted.js";
import type { AffectedRuns } from "./affected-runs.js";
import { reachSection } from "./describe-reach.js";
import { settingsSection } from "./describe-settings.js";
import { describeWorkflow } from "./describe-workflow.js";
import { code, line, listed, type OutlineLine, type OutlineSection } from "./outline.js";
import type { Plan, PlanFinding, PlanFindings } from "./plan.js";
import type { HourlyLoad } from "./schedule-load.js";

/** What a renderer is told beside the plan. */
export interface PlanContext {
  /** What is compared, as people name it: `main (1a2b3c4)`, `the working tree`. */
  readonly from: string;
  readonly to: string;
  /** Null when no service was asked. */
  readonly runsInFlight: readonly AffectedRuns[] | null;
}

/** A plan as sections: what is compared, what changes for the whole project, what is reached anew, then each workflow, then what concerns all of them. */
export function describePlan(plan: Plan, context: PlanContext): readonly OutlineSection[] {
  return [
    overview(plan, context),
    ...settingsSection(plan.settings),
    ...reachSection(plan.reach),
    ...plan.workflows.map(describeWorkflow),
    ...loadSection(plan),
    ...runsSection(context),
  ];
}

function overview({ summary, findings, at }: Plan, { from, to }: PlanContext): OutlineSection {
  const { added, changed, removed, renamed, unchanged } = summary;
  const counts = `${added} added, ${changed} changed, ${removed} removed, ${renamed} renamed, ${unchanged} unchanged`;
  return {
    heading: line(0, `Plan: ${counts}`),
    lines: [
      line(0, "From ", code(from), " to ", code(to), `, switched at ${at}`),
      line(
        0,
        `${counted(findings.errors, "error")}, ${counted(findings.warnings, "warning")} after the change`,
      ),
      ...findingLines("-", findings.first, findings.errors),
      ...newWarningLines(findings),
    ],
  };
}

function newWarningLines({ newWarnings }: PlanFindings): readonly OutlineLine[] {
  if (newWarnings.count === 0) return [];
  const heading = line(
    0,
    `${counted(newWarnings.count, "warning")} that ${newWarnings.count === 1 ? "was" : "were"} not there before`,
  );
  return [heading, ...findingLines("~", newWarnings.first, newWarnings.count)];
}

function findingLines(mark: "-" | "~", shown: readonly PlanFinding[], all: number): readonly OutlineLine[] {
  const lines = shown.map(({ file, line: at, column, code: finding, message }): OutlineLine => ({
    depth: 1,
    mark,
    spans: [code(at === null ? file : `${file}:${at}:${column ?? 1}`), ` ${finding}: `, code(message)],
  }));
  const more = all - shown.length;
  return more > 0 ? [...lines, line(1, `and ${more} more`)] : lines;
}

function loadSection({ load, workflows }: Plan): readonly OutlineSection[] {
  if (!workflows.some(({ schedules }) => schedules.length > 0)) return [];
  const heading = line(0, "Load by schedules");
  if (load.hours.length === 0) return [{ heading, lines: [line(0, "Too many slots to count")] }];
  return [
    {
      heading,
      lines: [
        line(
          0,
          `Runs in 24 hours, the whole project: ${total(load.hours, "before")} → ${total(load.hours, "after")}`,
        ),
        line(
          0,
          `Runs in the fullest hour: ${fullest(load.hours, "before")} → ${fullest(load.hours, "after")}`,
        ),
        ...differentHours(load.hours).map((alike) => line(1, alikeText(alike))),
      ],
    },
  ];
}

/** Hours of which each follows the one before it, with as many runs before and after as that. */
type AlikeHours = readonly [HourlyLoad, ...(readonly HourlyLoad[])];

/** The hours in which it is not as before; those of an `every` are mostly alike, and are told together. */
function differentHours(hours: readonly HourlyLoad[]): readonly AlikeHours[] {
  const groups: [HourlyLoad, ...HourlyLoad[]][] = [];
  for (const [index, hour] of hours.entries()) {
    if (hour.before === hour.after) continue;
    const last = groups.at(-1);
    const isNext = last !== undefined && last.at(-1) === hours[index - 1];
    if (isNext && last[0].before === hour.before && last[0].after === hour.after) last.push(hour);
    else groups.push([hour]);
  }
  return groups;
}

function alikeText([first, ...others]: AlikeHours): string {
  const last = others.at(-1);
  const when = last === undefined ? hourText(first) : `${hourText(first)} to ${hourText(last)}, each hour`;
  return `${when}: ${first.before} → ${first.after}`;
}

type Side = "before" | "after";

function total(hours: readonly HourlyLoad[], side: Side): number {
  return hours.reduce((sum, hour) => sum + hour[side], 0);
}

function fullest(hours: readonly HourlyLoad[], side: Side): string {
  const most = Math.max(...hours.map((hour) => hour[side]));
  const hour = hours.find((each) => each[side] === most);
  return most === 0 || hour === undefined ? "0" : `${most} (${hourText(hour)})`;
}

function hourText({ startsAt }: HourlyLoad): string {
  return `${startsAt.slice(0, 16).replace("T", " ")}Z`;
}

function runsSection({ runsInFlight }: PlanContext): readonly OutlineSection[] {
  if (runsInFlight === null) return [];
  const heading = line(0, "Runs in flight");
  if (runsInFlight.length === 0) return [{ heading, lines: [line(0, "None is affected")] }];
  return [{ heading, lines: runsInFlight.flatMap(describeRuns) }];
}

function describeRuns(runs: AffectedRuns): readonly OutlineLine[] {
  const { workflow, running, queued, first, keepTheirVersion, queuedTakeOver } = runs;
  const more = running + queued - first.length;
  return [
    line(0, code(workflow), `: ${running} running, ${queued} queued`),
    line(1, ...listed(first), ...(more > 0 ? [` and ${more} more`] : [])),
    ...(keepTheirVersion ? [line(1, "they end with the version they were created with")] : []),
    ...(queuedTakeOver && queued > 0
      ? [line(1, "the queued ones take over what changes of its operation")]
      : []),
  ];
}
