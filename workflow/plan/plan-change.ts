import { canonicalJson } from "../compile/canonical-json.js";
import { meaningOf } from "../compile/fingerprint.js";
import type { Trigger } from "../definition/definition.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { lineIndex } from "../diagnostics/line-index.js";
import type { CompiledProject, CompiledWorkflow } from "../project/compiled-project.js";
import { createScheduleReader, type ScheduleReader } from "../schedule/schedule.js";
import { formatTimestamp } from "../types/instant.js";
import { createTimeZones } from "../types/time-zones.js";
import { triggerEdits, workflowEdits } from "./definition-difference.js";
import { downstreamOf } from "./downstream.js";
import type { Plan, PlanFinding, PlanFindings, PlanSummary, WorkflowChange } from "./plan.js";
import { reachChanges } from "./reach.js";
import { scheduleChanges, type ScheduleClock } from "./schedule-change.js";
import { scheduleLoad } from "./schedule-load.js";
import { settingChanges } from "./settings-change.js";
import { graphsOf, type WorkflowGraph } from "./workflow-graph.js";
import { unlikePairs, type WorkflowPair } from "./workflow-pairs.js";

export interface PlanOptions {
  /** Epoch milliseconds: when the switch is thought to happen. */
  readonly at: number;
  /** The text of a file after the change, to say where in it an error is. */
  readonly textOf?: (file: string) => string | null;
  /** Of an earlier plan: it remembers the schedules that it has read. */
  readonly schedules?: ScheduleReader;
}

const FINDINGS_SHOWN_MAX = 20;

/** What a change of a project changes: of the two sides only what they mean counts, not how they are written. */
export function planChange(
  before: CompiledProject,
  after: CompiledProject,
  { at, textOf, schedules = createScheduleReader() }: PlanOptions,
): Plan {
  const clock: ScheduleClock = { at, schedules, zones: createTimeZones() };
  const pairs = unlikePairs(before.workflows, after.workflows);
  const different = pairs.filter(isDifferent);
  const context: Context = {
    clock,
    graphs: graphsOf(before.workflows, pairs),
    replacedBy: findReplaced(different),
  };
  const removed = pairs.filter((pair) => pair.after === undefined);
  const workflows = different.map((pair) => describe(pair, context));
  return {
    at: formatTimestamp(at),
    summary: summarize(workflows, after.workflows.length + removed.length),
    settings: settingChanges(before.settings, after.settings),
    workflows,
    reach: reachChanges(different.filter(isComparable), { before: before.workflows, after: after.workflows }),
    load: scheduleLoad(before.workflows, pairs, clock),
    findings: findingsOf(before, after, textOf ?? (() => null)),
  };
}

interface Context {
  readonly clock: ScheduleClock;
  readonly graphs: { readonly before: WorkflowGraph; readonly after: WorkflowGraph };
  readonly replacedBy: (added: CompiledWorkflow) => string | null;
}

function isDifferent({ before, after }: WorkflowPair): boolean {
  if (before === undefined || after === undefined) return true;
  return (
    before.path !== after.path ||
    unreadOf(before, after).length > 0 ||
    before.fingerprint !== after.fingerprint ||
    canonicalJson(before.properties) !== canonicalJson(after.properties)
  );
}

/** A workflow on one side only has what it has. */
function isComparable({ before, after }: WorkflowPair): boolean {
  return before === undefined || after === undefined || unreadOf(before, after).length === 0;
}

function unreadOf(before: CompiledWorkflow, after: CompiledWorkflow): readonly string[] {
  return [...new Set([...before.unread, ...after.unread])].sort();
}

function describe({ id, before, after }: WorkflowPair, context: Context): WorkflowChange {
  if (before === undefined || after === undefined) return describeWhole({ id, before, after }, context);
  const unread = unreadOf(before, after);
  const isKnown = unread.length === 0;
  const edits = isKnown ? workflowEdits(before, after) : [];
  const makesVersion = isKnown && before.fingerprint !== after.fingerprint;
  const isRenamed = isKnown && !makesVersion && edits.length === 0;
  return {
    id,
    change: isRenamed ? "renamed" : "changed",
    path: { before: before.path, after: after.path },
    replaces: null,
    makesVersion,
    unread,
    edits,
    schedules: scheduleChanges(before.definition.triggers, after.definition.triggers, context.clock),
    downstream: isRenamed ? [] : downstreamOf(id, context.graphs),
  };
}

/** A workflow that is on one side only. */
function describeWhole({ id, before, after }: WorkflowPair, context: Context): WorkflowChange {
  const isAdded = after !== undefined;
  return {
    id,
    change: isAdded ? "added" : "removed",
    path: { before: before?.path ?? null, after: after?.path ?? null },
    replaces: isAdded ? context.replacedBy(after) : null,
    makesVersion: isAdded,
    unread: [],
    edits: triggerEdits(triggersOf(before), triggersOf(after)),
    schedules: scheduleChanges(triggersOf(before), triggersOf(after), context.clock),
    downstream: downstreamOf(id, context.graphs),
  };
}

function triggersOf(workflow: CompiledWorkflow | undefined): readonly Trigger[] {
  return workflow?.definition.triggers ?? [];
}

/** Whoever writes another id into a file has made a new workflow and removed one, maybe without wanting to. */
function findReplaced(pairs: readonly WorkflowPair[]): (added: CompiledWorkflow) => string | null {
  const byPath = new Map<string, string>();
  const byMeaning = new Map<string, string>();
  for (const { before, after } of pairs) {
    if (before === undefined || after !== undefined) continue;
    byPath.set(before.path, before.id);
    byMeaning.set(namelessMeaning(before), before.id);
  }
  return (added) =>
    byPath.get(added.path) ?? (byMeaning.size === 0 ? null : (byMeaning.get(namelessMeaning(added)) ?? null));
}

function namelessMeaning({ definition }: CompiledWorkflow): string {
  return canonicalJson({ ...meaningOf(definition), id: "" });
}

function summarize(changes: readonly WorkflowChange[], all: number): PlanSummary {
  const count = (kind: WorkflowChange["change"]): number =>
    changes.filter(({ change }) => change === kind).length;
  return {
    added: count("added"),
    changed: count("changed"),
    removed: count("removed"),
    renamed: count("renamed"),
    unchanged: all - changes.length,
  };
}

type TextOf = (file: string) => string | null;

function findingsOf(before: CompiledProject, after: CompiledProject, textOf: TextOf): PlanFindings {
  const errors = after.diagnostics.filter(({ severity }) => severity === "error");
  const warnings = after.diagnostics.filter(({ severity }) => severity === "warning");
  const known = new Set(before.diagnostics.map(findingKey));
  const news = warnings.filter((warning) => !known.has(findingKey(warning)));
  return {
    errors: errors.length,
    warnings: warnings.length,
    first: located(errors, textOf),
    newWarnings: { count: news.length, first: located(news, textOf) },
  };
}

/** Not its place: lines above may have come or gone. */
function findingKey({ file, code, message }: Diagnostic): string {
  return JSON.stringify([file, code, message]);
}

function located(diagnostics: readonly Diagnostic[], textOf: TextOf): readonly PlanFinding[] {
  return diagnostics.slice(0, FINDINGS_SHOWN_MAX).map(({ file, range, code, message }) => {
    const text = textOf(file);
    const { line, column } =
      text === null ? { line: null, column: null } : lineIndex(text).positionAt(range.start);
    return { file, line, column, code, message };
  });
}
