import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { byPlace } from "../diagnostics/report.js";
import { createCompileCache } from "./compile-cache.js";
import { fileKind } from "./file-kind.js";
import { withFileModes } from "./file-modes.js";
import { withFolderIndex } from "./folder-index.js";
import { interfaceOf, withWorkflowIndex } from "./workflow-index.js";
import { createExpressionLibrary } from "../expressions/expression-library.js";
import { createScheduleReader } from "../schedule/schedule.js";
import { compileWorkflowFile } from "./compile-workflow-file.js";
import type { CompiledWorkflow } from "./compiled-project.js";
import { lastOf } from "./last-of.js";
import { ownPaths } from "./nested-projects.js";
import { readSettings } from "./read-settings.js";
import { readTemplate, type TemplateFile } from "./read-template.js";
import type { SourceTree } from "./source-tree.js";

/**
 * Compiles one file as a workflow, whatever its name: with the settings of its project and the files that it names, without
 * looking at the others, but for the interfaces of those that it runs. What only shows across files, such as a signal that nobody emits, is not found.
 */
export function compileOneWorkflow(
  path: string,
  tree: SourceTree,
): { readonly workflow: CompiledWorkflow | null; readonly diagnostics: readonly Diagnostic[] } {
  const expressions = createExpressionLibrary();
  const settings = readSettings(tree);
  const templates = new Map<string, TemplateFile>();
  const cache = createCompileCache();
  const workflows = ownPaths(tree.paths).filter((other) => fileKind(other) === "workflow");
  const { workflow, diagnostics } = lastOf(
    compileWorkflowFile(path, {
      tree: withWorkflowIndex(withFolderIndex(withFileModes(tree)), workflows, cache),
      expressions,
      schedules: createScheduleReader(),
      defaults: settings.defaults,
      readTemplate: (named, from) => {
        const file = templates.get(named) ?? readTemplate(named, from, expressions);
        templates.set(named, file);
        return file.template;
      },
      readWorkflow: (id, from) => interfaceOf(id, from, cache),
    }),
  );
  const ofTemplates = [...templates.values()].flatMap((file) => file.diagnostics);
  return { workflow, diagnostics: [...settings.diagnostics, ...diagnostics, ...ofTemplates].sort(byPlace) };
}
