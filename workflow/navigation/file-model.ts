import { checkExpressions } from "../checks/check-expressions.js";
import { checkTemplate } from "../checks/check-template.js";
import { createCheckers, type ExpressionCheckers } from "../checks/expression-checkers.js";
import { createUsedNames, type SeenExpression } from "../checks/used-names.js";
import { createExpressionLibrary } from "../expressions/expression-library.js";
import { STEPS_MAX } from "../checks/check-limits.js";
import type { Template } from "../compile/template.js";
import { allSteps, buildStepTree, type StepLevel, type StepNode } from "../model/step-tree.js";
import type { CompileCache } from "../project/compile-cache.js";
import { fileKind, type FileKind } from "../project/file-kind.js";
import { lastOf } from "../project/last-of.js";
import { ownPaths } from "../project/nested-projects.js";
import { readSettings } from "../project/read-settings.js";
import { readTemplate } from "../project/read-template.js";
import { resolvePath } from "../project/repository-path.js";
import type { SourceTree } from "../project/source-tree.js";
import { fileOfWorkflow, interfaceOf, withWorkflowIndex } from "../project/workflow-index.js";
import { createScheduleReader } from "../schedule/schedule.js";
import { itemsOf } from "../schema/field-value.js";
import { testFileSchema, type TestFileFields } from "../schema/test-schema.js";
import { workflowSchema, type WorkflowFields } from "../schema/workflow-schema.js";
import { parseYamlFile } from "../syntax/parse-yaml.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import {
  testedConditions,
  testedPlaces,
  type FindTestedPlace,
  type TestedCondition,
} from "./tested-conditions.js";

/** What an editor knows of one file: the same that the compiler does, kept instead of compiled. */
export type FileModel = WorkflowModel | TemplateModel | TestModel | PlainModel;

interface CommonModel {
  readonly path: string;
  readonly text: string;
  /** Null for an empty or a hopeless file. */
  readonly root: SyntaxNode | null;
  /** YAML has nothing against the text: nothing of what stands in it is lost. */
  readonly isWhole: boolean;
  /** Each expression that was checked, in no order. */
  readonly expressions: readonly SeenExpression[];
}

export interface WorkflowModel extends CommonModel {
  readonly kind: "workflow";
  readonly fields: WorkflowFields;
  readonly top: StepLevel;
  /** Nested ones included, outer before inner. */
  readonly steps: readonly StepNode[];
  readonly checkers: ExpressionCheckers;
}

export interface TemplateModel extends CommonModel {
  readonly kind: "template";
  /** Null when there is nothing usable in the file. */
  readonly template: Template | null;
}

export interface TestModel extends CommonModel {
  readonly kind: "test";
  readonly fields: TestFileFields;
  readonly conditions: readonly TestedCondition[];
  /** Where conditions of a step find their names; of no step in a file without conditions. */
  readonly testedPlace: FindTestedPlace;
}

/** A file that defines nothing but settings. */
export interface PlainModel extends CommonModel {
  readonly kind: Extract<FileKind, "settings">;
}

/** The tree as `readFileModel` takes it: it knows by which files workflows are defined. One for many files, for as long as none of them changes. */
export function modelTree(source: SourceTree, cache: CompileCache): SourceTree {
  const workflows = ownPaths(source.paths).filter((path) => fileKind(path) === "workflow");
  return withWorkflowIndex(source, workflows, cache);
}

/** Reads one file of the language with what it names, whatever its bytes; null for a file of no such kind. Never throws. */
export function readFileModel(path: string, tree: SourceTree, cache: CompileCache): FileModel | null {
  return lastOf(readFileModelInSteps(path, tree, cache));
}

/**
 * The same, for whoever has other things to do meanwhile; the files must not change before it is done.
 * @yields nothing, in a workflow after some of its steps
 */
export function* readFileModelInSteps(
  path: string,
  tree: SourceTree,
  cache: CompileCache,
): Generator<undefined, FileModel | null> {
  switch (fileKind(path)) {
    case "workflow":
      return yield* readWorkflow(path, tree, cache);
    case "template":
      return readTemplateModel(path, tree, cache);
    case "test":
      return readTests(path, tree, cache);
    case "settings":
      return { kind: "settings", path, ...parse(path, tree), expressions: [] };
    case null:
      return null;
  }
}

function parse(path: string, tree: SourceTree): Pick<CommonModel, "text" | "root" | "isWhole"> {
  let isWhole = true;
  const parsed = parseYamlFile(tree.read(path) ?? new Uint8Array(), () => (isWhole = false));
  return { ...parsed, isWhole };
}

/** Conditions speak of the loops of the workflow, which is read for them alone. */
function readTests(path: string, tree: SourceTree, cache: CompileCache): TestModel {
  const parsed = parse(path, tree);
  const { root, text } = parsed;
  const fields = root === null ? {} : (testFileSchema.read(root, ignore)?.value ?? {});
  const file = /\bwhere\b/.test(text) ? fileOfWorkflow(fields.workflow?.value ?? "", tree) : null;
  const library = cache.reuse({ what: "expressions" }, tree, () => createExpressionLibrary());
  const testedPlace: FindTestedPlace =
    file === null ? () => null : testedPlaces(lastOf(readWorkflow(file, tree, cache)), library);
  const conditions = testedConditions(fields, text, testedPlace);
  const expressions = conditions.map(({ expression }) => expression);
  return { kind: "test", path, ...parsed, fields, conditions, testedPlace, expressions };
}

function* readWorkflow(
  path: string,
  tree: SourceTree,
  cache: CompileCache,
): Generator<undefined, WorkflowModel> {
  const { text, root, isWhole } = parse(path, tree);
  yield;
  const library = cache.reuse({ what: "expressions" }, tree, () => createExpressionLibrary());
  const fields = root === null ? {} : (workflowSchema.read(root, ignore)?.value ?? {});
  yield;
  const top = buildStepTree(itemsOf(fields.steps), {
    readTemplate: (named) => {
      const file = resolvePath(named, path);
      return file === null
        ? null
        : cache.reuse({ what: "template", of: file }, tree, (watched) => readTemplate(file, watched, library))
            .template;
    },
    readWorkflow: (id) => interfaceOf(id, tree, cache),
  });
  const steps = allSteps(top);
  const checkers = createCheckers(fields, library);
  const expressions: SeenExpression[] = [];
  if (steps.length <= STEPS_MAX) {
    yield* checkExpressions({
      path,
      text,
      fields,
      top,
      steps,
      tree,
      library,
      checkers,
      defaults: cache.reuse({ what: "settings" }, tree, readSettings).defaults,
      schedules: cache.reuse({ what: "schedules" }, tree, () => createScheduleReader()),
      names: createUsedNames((expression) => expressions.push(expression)),
      report: ignore,
    });
  }
  return { kind: "workflow", path, text, root, isWhole, fields, top, steps, checkers, expressions };
}

function readTemplateModel(path: string, tree: SourceTree, cache: CompileCache): TemplateModel {
  const { text, root, isWhole } = parse(path, tree);
  const library = cache.reuse({ what: "expressions" }, tree, () => createExpressionLibrary());
  const { template } = cache.reuse({ what: "template", of: path }, tree, (watched) =>
    readTemplate(path, watched, library),
  );
  const expressions: SeenExpression[] = [];
  if (template !== null && root !== null) {
    const see = (expression: SeenExpression): void => void expressions.push(expression);
    checkTemplate({ template, root, tree, library, report: ignore, see });
  }
  return { kind: "template", path, text, root, isWhole, template, expressions };
}

/** What is wrong with a file the compiler tells. */
function ignore(): void {}
