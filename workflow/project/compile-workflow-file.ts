import { itemsOf } from "../schema/field-value.js";
import type { CheckedFile, FieldsAcrossFiles } from "../checks/checked-file.js";
import { checkWorkflow } from "../checks/check-workflow.js";
import { emittedBy } from "../checks/check-signals.js";
import { emittedSignals } from "../checks/emitted-signals.js";
import { createUsedNames, type UsedNames } from "../checks/used-names.js";
import { createSeenEnvironments } from "../checks/environment-uses.js";
import { matchedLists } from "../checks/match-lists.js";
import { createSeenSignals, type SeenSignals } from "../checks/signal-uses.js";
import { writtenSchedules } from "../checks/written-schedules.js";
import { createCheckers, type ExpressionCheckers } from "../checks/expression-checkers.js";
import { compileDefinition, compileProperties } from "../compile/compile-workflow.js";
import { fingerprintOf } from "../compile/fingerprint.js";
import { Sha256 } from "../compile/sha256.js";
import type { StepSources, WorkflowInterface } from "../compile/step-sources.js";
import type { Template } from "../compile/template.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { collectFindings, reportUpTo } from "../diagnostics/report.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import { allSteps, buildStepTree, type StepNode } from "../model/step-tree.js";
import type { ScheduleReader } from "../schedule/schedule.js";
import { matchConditions } from "../schema/match-operators.js";
import { workflowSchema, type WorkflowFields } from "../schema/workflow-schema.js";
import { FILE_BYTES_MAX, parseYamlFile } from "../syntax/parse-yaml.js";
import { decodeUtf8 } from "../syntax/utf8.js";
import type { CompiledWorkflow } from "./compiled-project.js";
import type { ProjectDefaults } from "./project-defaults.js";
import { resolvePath } from "./repository-path.js";
import type { SourceTree } from "./source-tree.js";

/** A workflow file, compiled on its own; what needs the other workflows is checked for the whole project. */
export interface WorkflowFile extends CheckedFile {
  /** Null when the file does not even say which workflow it is. */
  readonly workflow: CompiledWorkflow | null;
  readonly diagnostics: readonly Diagnostic[];
}

export interface FileContext {
  readonly tree: SourceTree;
  readonly defaults: ProjectDefaults;
  readonly schedules: ScheduleReader;
  readonly expressions: ExpressionLibrary;
  readonly readTemplate: (path: string, tree: SourceTree) => Template | null;
  readonly readWorkflow: (id: string, tree: SourceTree) => WorkflowInterface | null;
}

/**
 * Text to definition, always a best effort; the tree is asked only for what the file names.
 * @yields nothing, after each part of the work, and after some steps of the workflow
 */
export function* compileWorkflowFile(path: string, context: FileContext): Generator<undefined, WorkflowFile> {
  const { report, diagnostics } = collectFindings(path);
  const { root, text, brokenAt } = parseYamlFile(context.tree.read(path) ?? new Uint8Array(), report);
  if (root === null) return withoutWorkflow(path, { report, diagnostics });
  yield;
  const fields = workflowSchema.read(root, reportUpTo(brokenAt, text, report))?.value ?? {};
  yield;
  const unread = new Set<string>();
  const files = fileSources(path, context, (named) => unread.add(named));
  const top = buildStepTree(itemsOf(fields.steps), files);
  const steps = allSteps(top);
  yield;
  const checkers = createCheckers(fields, context.expressions);
  const library = context.expressions;
  const { seenSignals, environments, names } = createSeenNames(library);
  const check = { path, text, fields, top, steps, library, checkers, names, report, ...context };
  const isWhole = brokenAt === null && (yield* checkWorkflow(check));
  const sources = {
    loopTypes: checkers.loopTypesOf(steps),
    ...files,
    ...(isWhole ? {} : WITHOUT_TEXTS),
  };
  yield;
  const definition = compileDefinition(fields, sources);
  yield;
  const properties = compileProperties(fields, sources);
  yield;
  const [across, signals] = [
    fieldsAcrossFiles(fields, steps, { checkers, seenSignals, environments }),
    emittedSignals(definition.steps),
  ];
  const uses = usesOf(steps, path);
  const missing = isWhole ? [...unread].sort() : [path];
  const workflow = named(
    withFingerprint({ id: definition.id, path, definition, properties, unread: missing, uses }),
  );
  return {
    path,
    workflow,
    isBroken: brokenAt !== null,
    isAlone: signals.length === 0 && namesNothing(across),
    schedules: writtenSchedules(fields, workflow),
    fields: across,
    signals,
    diagnostics,
  };
}

/** A file in which nothing can be read, or stands. */
function withoutWorkflow(
  path: string,
  { report, diagnostics }: ReturnType<typeof collectFindings>,
): WorkflowFile {
  const isEmpty = diagnostics.length === 0;
  if (isEmpty) report({ code: "missing-key", message: EMPTY, range: { start: 0, end: 0 } });
  return { ...NOTHING, path, isBroken: !isEmpty, diagnostics };
}

/** Found when somebody asks: while a file is being written nobody does, and it would be a tenth of what that takes. */
function withFingerprint(compiled: Omit<CompiledWorkflow, "fingerprint">): CompiledWorkflow {
  let known: string | undefined;
  return {
    get fingerprint() {
      return (known ??= fingerprintOf(compiled.definition));
    },
    ...compiled,
  };
}

function named(workflow: CompiledWorkflow): CompiledWorkflow | null {
  return workflow.id === "" ? null : workflow;
}

/** Everything that listens to what the expressions say. */
function createSeenNames(library: ExpressionLibrary): {
  readonly seenSignals: SeenSignals;
  readonly environments: FieldsAcrossFiles["environments"];
  readonly names: UsedNames;
} {
  const seenSignals = createSeenSignals();
  const { uses: environments, see } = createSeenEnvironments(library);
  const names = createUsedNames((expression) => {
    seenSignals.see(expression);
    see(expression);
  });
  return { seenSignals, environments, names };
}

function usesOf(steps: readonly StepNode[], path: string): CompiledWorkflow["uses"] {
  const templates = steps.flatMap(({ fields: { use } }) => (use && resolvePath(use.value, path)) ?? []);
  const workflows = steps.flatMap(({ fields: { workflow } }) => workflow?.value ?? []);
  return { templates: [...new Set(templates)], workflows: [...new Set(workflows)] };
}

const EMPTY = `The file is empty: a workflow begins with "workflow: <id>"`;

function namesNothing({ triggers, calls, emits, waits, environments }: FieldsAcrossFiles): boolean {
  const isOnTime = itemsOf(triggers).every(
    ({ value: { signal, all, workflow } }) =>
      signal === undefined && all === undefined && workflow === undefined,
  );
  return isOnTime && calls.length + emits.length + waits.length + environments.length === 0;
}

/** A workflow that is beyond the limits, or cut off, is compiled without what it would take from other files. */
const WITHOUT_TEXTS = { readText: () => null, readTemplate: () => null } as const;

const NO_FIELDS: FieldsAcrossFiles = {
  workflow: undefined,
  triggers: undefined,
  calls: [],
  emits: [],
  waits: [],
  gates: [],
  matchedLists: [],
  signalUses: [],
  triggerExpressions: [],
  environments: [],
};

/** What a file says that is empty, or no YAML at all. */
const NOTHING = { workflow: null, isAlone: true, schedules: [], fields: NO_FIELDS, signals: [] } as const;

function fieldsAcrossFiles(
  { workflow, triggers }: WorkflowFields,
  steps: readonly StepNode[],
  {
    checkers,
    seenSignals: { signalUses, triggerExpressions },
    environments,
  }: {
    readonly checkers: ExpressionCheckers;
    readonly seenSignals: SeenSignals;
    readonly environments: FieldsAcrossFiles["environments"];
  },
): FieldsAcrossFiles {
  return {
    workflow,
    triggers,
    calls: steps.flatMap((step) => step.fields.workflow ?? []),
    emits: steps.flatMap(({ fields: written, level }) =>
      emittedBy(written, (source) => checkers.values(level).check(source).type),
    ),
    waits: steps.flatMap((step) => itemsOf(step.fields.wait_for).flatMap(({ value }) => value.signal ?? [])),
    gates: steps.flatMap((step) =>
      itemsOf(step.fields.wait_for).flatMap(({ value: { signal, match } }) =>
        signal === undefined ? [] : [{ signal, conditions: matchConditions(match) }],
      ),
    ),
    matchedLists: matchedLists(itemsOf(triggers), steps),
    signalUses,
    triggerExpressions,
    environments,
  };
}

/** Files of the names that stand in this one; `missed` is told of each that cannot be read. */
function fileSources(
  path: string,
  { tree, defaults, readTemplate, readWorkflow }: FileContext,
  missed: (named: string) => void,
): Omit<StepSources, "loopTypes"> {
  const bytesOf = (named: string, from: string): Uint8Array | undefined => {
    const resolved = resolvePath(named, from);
    return resolved === null ? undefined : tree.read(resolved);
  };
  return {
    defaults,
    file: path,
    pathOf: resolvePath,
    readText: (named, from) => {
      const bytes = bytesOf(named, from);
      const decoded = bytes === undefined || bytes.length > FILE_BYTES_MAX ? null : decodeUtf8(bytes);
      if (decoded !== null && "text" in decoded) return decoded.text;
      missed(resolvePath(named, from) ?? named);
      return null;
    },
    hashOf: (named, from) => {
      const bytes = bytesOf(named, from);
      return bytes === undefined ? null : new Sha256().addBytes(bytes).hex();
    },
    readWorkflow: (id) => readWorkflow(id, tree),
    readTemplate: (named) => {
      const resolved = resolvePath(named, path);
      const template = resolved === null ? null : readTemplate(resolved, tree);
      if (template === null) missed(resolved ?? named);
      return template;
    },
  };
}
