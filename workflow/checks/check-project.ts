import { itemsOf } from "../schema/field-value.js";
import type { Diagnostic, TextRange } from "../diagnostics/diagnostic.js";
import { collectFindings, type Report } from "../diagnostics/report.js";
import type { CompiledWorkflow, ProjectSettings } from "../project/compiled-project.js";
import { isSlip, suggestion, writeInstead } from "../diagnostics/nearest-name.js";
import type { TriggerFields } from "../schema/trigger-schema.js";
import type { ParsedTestFile } from "../testing/parse-workflow-tests.js";
import type { Located } from "../schema/schema.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import { expectsSomething } from "../testing/test-case.js";
import { checkCallCircles } from "./check-call-circles.js";
import { checkEnvironments } from "./check-environments.js";
import { checkFrequency, type GapsOf, type UsualDurations } from "./check-frequency.js";
import { checkSignals } from "./check-signals.js";
import type { CheckedFile } from "./checked-file.js";
import { checkTestFile } from "./check-test-file.js";

export interface ProjectCheck {
  readonly settings: ProjectSettings;
  readonly files: readonly CheckedFile[];
  /** Whether two of the files have one id. */
  readonly isAnyIdTwice: boolean;
  readonly tests: readonly ParsedTestFile[];
  /** How long runs usually take; empty where nobody knows. */
  readonly history: UsualDurations;
  readonly gapsOf: GapsOf;
  readonly expressions: ExpressionLibrary;
}

/**
 * What can only be told of a project as a whole. Asked anew each time, so it is linear in what the project holds, and looks closer only
 * at files that have to do with others.
 */
export function checkProject({
  settings,
  files,
  isAnyIdTwice,
  tests,
  history,
  gapsOf,
  expressions,
}: ProjectCheck): readonly Diagnostic[] {
  const whole = files.filter(({ isBroken }) => !isBroken);
  const tested = new Set(tests.filter(mayShowSomething).map((file) => file.tests?.workflow));
  const found = isAnyIdTwice ? duplicateWorkflows(files) : [];
  const linked = whole.filter(({ isAlone }) => !isAlone);
  // All workflows by id are only looked for where somebody names one.
  const targets = linked.length === 0 ? NO_TARGETS : targetsOf(files);
  const workflows = tests.length === 0 ? new Map<string, CompiledWorkflow>() : workflowsOf(whole);
  for (const file of linked) {
    const { report, diagnostics } = collectFindings(file.path);
    checkTriggerTargets(file, targets, report);
    for (const call of file.fields.calls) checkWorkflowExists(call, targets.workflows, report);
    found.push(...diagnostics);
  }
  const cutOff = new Set(files.filter(({ isBroken }) => isBroken).map(({ workflow }) => workflow?.id));
  return [
    ...found,
    ...checkPolicies(whole, settings, tested),
    ...(whole.length === files.length ? checkSignals(linked, expressions) : []),
    ...checkCallCircles(linked),
    ...checkEnvironments(linked, settings),
    ...checkFrequency(whole, history, gapsOf),
    ...tests
      .filter((file) => !cutOff.has(file.tests?.workflow ?? ""))
      .flatMap((file) => checkTestFile(file, workflows, expressions)),
  ];
}

function workflowsOf(files: readonly CheckedFile[]): ReadonlyMap<string, CompiledWorkflow> {
  const byId = new Map<string, CompiledWorkflow>();
  for (const { workflow } of files) if (workflow !== null) byId.set(workflow.id, workflow);
  return byId;
}

/** What the files of a project may name; null where a file that is cut off may have more than can be read. */
function targetsOf(files: readonly CheckedFile[]): Targets {
  const broken = files.filter(({ isBroken }) => isBroken);
  return {
    workflows: broken.some(({ workflow }) => workflow === null) ? null : workflowsOf(files),
    signals: broken.length > 0 ? null : new Set(files.flatMap((file) => file.signals)),
  };
}

/** Of a file with findings of its own nobody knows what it was to expect. */
function mayShowSomething({ tests, diagnostics }: ParsedTestFile): boolean {
  return diagnostics.length > 0 || (tests?.tests.some(expectsSomething) ?? false);
}

/** Each of the files is told of the others. */
function duplicateWorkflows(files: readonly CheckedFile[]): Diagnostic[] {
  const byId = new Map<string, { readonly path: string; readonly range: TextRange }[]>();
  for (const { path, fields } of files) {
    if (fields.workflow === undefined) continue;
    const places = byId.get(fields.workflow.value) ?? [];
    places.push({ path, range: fields.workflow.range });
    byId.set(fields.workflow.value, places);
  }
  return [...byId].flatMap(([id, places]) => (places.length > 1 ? reportDuplicates(id, places) : []));
}

/** Enough to find them; a thousand copies do not each name a thousand others. */
const RELATED_MAX = 5;

function reportDuplicates(
  id: string,
  places: readonly { readonly path: string; readonly range: TextRange }[],
): Diagnostic[] {
  return places.flatMap((place) => {
    const others = places.filter((other) => other !== place).slice(0, RELATED_MAX);
    const { report, diagnostics } = collectFindings(place.path);
    report({
      code: "duplicate-workflow",
      message: `Workflow "${id}" is also defined in ${others.map(({ path }) => `"${path}"`).join(", ")}: give each its own id`,
      range: place.range,
      related: others.map(({ path, range }) => ({ message: `also "${id}"`, file: path, range })),
    });
    return diagnostics;
  });
}

function checkPolicies(
  files: readonly CheckedFile[],
  { policies }: ProjectSettings,
  tested: ReadonlySet<string | undefined>,
): readonly Diagnostic[] {
  if (!policies.requireOwner && !policies.requireTests) return [];
  return files.flatMap((file) => {
    const { path, workflow } = file;
    if (workflow === null) return [];
    const { report, diagnostics } = collectFindings(path);
    const rangeOf = (): TextRange => file.fields.workflow?.range ?? { start: 0, end: 0 };
    if (policies.requireOwner && workflow.properties.owner === null) {
      const message = `Workflow "${workflow.id}" has no owner, and the project requires one: add "owner" here or in headwater.yaml`;
      report({ code: "owner-required", message, range: rangeOf() });
    }
    if (policies.requireTests && !tested.has(workflow.id)) {
      const message = `Workflow "${workflow.id}" has no tests, and the project requires them: add a *.workflow.test.yaml with a test that expects something`;
      report({ code: "tests-required", message, range: rangeOf() });
    }
    return diagnostics;
  });
}

interface Targets {
  readonly workflows: ReadonlyMap<string, CompiledWorkflow> | null;
  readonly signals: ReadonlySet<string> | null;
}

const NO_TARGETS: Targets = { workflows: null, signals: null };

function checkTriggerTargets(file: CheckedFile, { workflows, signals }: Targets, report: Report): void {
  const { triggers, waits } = file.fields;
  const emitted = signals === null ? null : { signals, own: file.signals };
  for (const { value } of itemsOf(triggers)) {
    if (value.workflow !== undefined) checkWorkflowExists(value.workflow, workflows, report);
    for (const signal of awaitedSignals(value)) checkSignalExists(signal, emitted, report);
  }
  for (const signal of waits) checkSignalExists(signal, emitted, report);
}

interface Emitted {
  /** Of the whole project. */
  readonly signals: ReadonlySet<string>;
  /** Of the workflow that asks: who hears what it emits itself starts itself without end. */
  readonly own: readonly string[];
}

function checkSignalExists({ value, range }: Located<string>, emitted: Emitted | null, report: Report): void {
  if (emitted === null || emitted.signals.has(value)) return;
  const own = new Set(emitted.own);
  const near = suggestion(
    value,
    [...emitted.signals].filter((signal) => !own.has(signal)),
  );
  const { nearest } = near.data;
  if (nearest !== undefined && isSlip(value, nearest)) {
    const message = `No step of this project emits "${value}"${near.text}`;
    return report({ code: "signal-misspelt", message, range, ...writeInstead(nearest, range) });
  }
  const message = `No step of this project emits "${value}": it must come from outside${near.text}`;
  report({ code: "signal-never-emitted", message, range, data: near.data });
}

function awaitedSignals({ signal, all }: TriggerFields): readonly Located<string>[] {
  const joined = itemsOf(all).map(({ value }) => value.value.signal);
  return [signal, ...joined].filter((one) => one !== undefined);
}

function checkWorkflowExists(
  { value: id, range }: Located<string>,
  workflows: Targets["workflows"],
  report: Report,
): void {
  if (workflows === null || workflows.has(id)) return;
  const near = suggestion(id, workflows.keys());
  const message = `There is no workflow "${id}" in the project${near.text}`;
  report({ code: "unknown-workflow", message, range, data: near.data });
}
