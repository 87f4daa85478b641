import { itemsOf } from "../schema/field-value.js";
import type { FieldsAcrossFiles } from "../checks/check-project.js";
import { checkWorkflow } from "../checks/check-workflow.js";
import { compileDefinition, compileProperties } from "../compile/compile-workflow.js";
import { fingerprintOf } from "../compile/fingerprint.js";
import type { StepSources } from "../compile/step-sources.js";
import type { Template } from "../compile/template.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { collectFindings } from "../diagnostics/report.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import { allSteps, buildStepTree } from "../model/step-tree.js";
import type { ScheduleReader } from "../schedule/schedule.js";
import { workflowSchema } from "../schema/workflow-schema.js";
import { parseYamlFile } from "../syntax/parse-yaml.js";
import { decodeUtf8 } from "../syntax/utf8.js";
import type { CompiledWorkflow } from "./compiled-project.js";
import type { ProjectDefaults } from "./project-defaults.js";
import { resolvePath } from "./repository-path.js";
import type { SourceTree } from "./source-tree.js";

/** A workflow file, compiled on its own; what needs the other workflows is checked for the whole project. */
export interface WorkflowFile {
  readonly path: string;
  /** Null when the file does not even say which workflow it is. */
  readonly workflow: CompiledWorkflow | null;
  readonly fields: FieldsAcrossFiles;
  readonly diagnostics: readonly Diagnostic[];
}

export interface FileContext {
  readonly tree: SourceTree;
  readonly defaults: ProjectDefaults;
  readonly schedules: ScheduleReader;
  readonly expressions: ExpressionLibrary;
  readonly readTemplate: (path: string, tree: SourceTree) => Template | null;
}

/** Text to definition, always a best effort; the tree is asked only for what the file names. */
export function compileWorkflowFile(path: string, context: FileContext): WorkflowFile {
  const { report, diagnostics } = collectFindings(path);
  const { root, text } = parseYamlFile(context.tree.read(path) ?? new Uint8Array(), report);
  if (root === null) {
    if (diagnostics.length === 0) {
      report({
        code: "missing-key",
        message: `The file is empty: a workflow begins with "workflow: <id>"`,
        range: { start: 0, end: 0 },
      });
    }
    return { path, workflow: null, fields: { workflow: undefined, triggers: undefined }, diagnostics };
  }
  const fields = workflowSchema.read(root, report)?.value ?? {};
  const sources = stepSources(path, context);
  const top = buildStepTree(itemsOf(fields.steps), sources.readTemplate);
  checkWorkflow({ ...context, path, text, fields, top, steps: allSteps(top), report });
  const definition = compileDefinition(fields, sources);
  const properties = compileProperties(fields, context.defaults.owner);
  const fingerprint = fingerprintOf(definition);
  const workflow =
    definition.id === "" ? null : { id: definition.id, path, definition, properties, fingerprint };
  return { path, workflow, fields: { workflow: fields.workflow, triggers: fields.triggers }, diagnostics };
}

function stepSources(path: string, { tree, defaults, readTemplate }: FileContext): StepSources {
  return {
    defaults,
    file: path,
    readText: (named, from) => {
      const resolved = resolvePath(named, from);
      const bytes = resolved === null ? undefined : tree.read(resolved);
      const decoded = bytes === undefined ? null : decodeUtf8(bytes);
      return decoded !== null && "text" in decoded ? decoded.text : null;
    },
    readTemplate: (named) => {
      const resolved = resolvePath(named, path);
      return resolved === null ? null : readTemplate(resolved, tree);
    },
  };
}
