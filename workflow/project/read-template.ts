import { itemsOf } from "../schema/field-value.js";
import { checkTemplate } from "../checks/check-template.js";
import { templateScope } from "../checks/expression-scope.js";
import { compileParamDefinitions } from "../compile/compile-params.js";
import type { Template } from "../compile/template.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { collectFindings, reportUpTo } from "../diagnostics/report.js";
import { createExpressionChecker } from "../expressions/check-expression.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import { templateSchema } from "../schema/template-schema.js";
import { parseYamlFile } from "../syntax/parse-yaml.js";
import type { SourceTree } from "./source-tree.js";

export interface TemplateFile {
  /** Null when there is no such file, or nothing usable in it. */
  readonly template: Template | null;
  readonly diagnostics: readonly Diagnostic[];
}

const EMPTY = `The file is empty: a template begins with "template: <id>"`;

/** Reads a template file on its own: whatever is wrong with it is reported once, not at every use. */
export function readTemplate(path: string, tree: SourceTree, expressions: ExpressionLibrary): TemplateFile {
  const { report, diagnostics } = collectFindings(path);
  const bytes = tree.read(path);
  if (bytes === undefined) return { template: null, diagnostics };
  const { root, text, brokenAt } = parseYamlFile(bytes, report);
  if (root === null && diagnostics.length === 0)
    report({ code: "missing-key", message: EMPTY, range: { start: 0, end: 0 } });
  const read = root === null ? null : templateSchema.read(root, reportUpTo(brokenAt, text, report));
  if (read === null || brokenAt !== null) return { template: null, diagnostics };
  const { value: fields, node } = read;
  const inputs = compileParamDefinitions(itemsOf(fields.inputs));
  const types = Object.fromEntries(inputs.map((input) => [input.name, input.type]));
  const checker = createExpressionChecker(templateScope(types), expressions);
  const template = { path, text, inputs, fields, checker };
  checkTemplate({ template, root: node, tree, library: expressions, report });
  return { template, diagnostics };
}
