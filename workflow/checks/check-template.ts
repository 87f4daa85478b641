import { itemsOf } from "../schema/field-value.js";
import type { Template } from "../compile/template.js";
import type { SourceTree } from "../project/source-tree.js";
import type { Report } from "../diagnostics/report.js";
import type { TextRange } from "../diagnostics/diagnostic.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import { keysOf } from "../schema/schema.js";
import { templateSchema, type TemplateFields } from "../schema/template-schema.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import { checkCode } from "./check-code.js";
import { checkDefaults } from "./check-defaults.js";
import { checkOtherBraces } from "./check-other-braces.js";
import { checkParams } from "./check-params.js";
import { checkScriptFile } from "./check-script-file.js";
import { checkSite } from "./check-site.js";
import { checkStepKind } from "./check-step-kind.js";
import { checkStepValues } from "./check-step-values.js";
import { checkWrittenValues } from "./check-written-values.js";
import { bodySites } from "./expression-sites.js";
import { createUsedNames, type UsedNames } from "./used-names.js";

export interface TemplateCheck {
  readonly template: Template;
  readonly root: SyntaxNode;
  readonly tree: SourceTree;
  readonly library: ExpressionLibrary;
  readonly report: Report;
  /** Is told of each expression; absent where nobody asks. */
  readonly see?: UsedNames["see"];
}

const KEYS_OF_TEMPLATE = keysOf(templateSchema);

/** All checks of a template file on its own: its inputs, and its body with them. */
export function checkTemplate({ template, root, tree, library, report, see }: TemplateCheck): void {
  const { path, text, fields, checker } = template;
  const start: TextRange = fields.template?.keyRange ?? { start: 0, end: 0 };
  checkStepKind({ what: "The template", range: start, node: root, keys: KEYS_OF_TEMPLATE }, report);
  checkParams(itemsOf(fields.inputs), { library, report });
  checkCode(fields, root, { path, text, tree, report });
  checkStepValues(fields, report);
  checkWrittenValues(fields, report);
  checkScriptFile(fields, { path, text, tree, report });
  checkOtherBraces(fields, { text, checker, report });
  const names = createUsedNames(see);
  const context = { text, report, names, referenceProblem: () => null };
  checkDefaults(itemsOf(fields.inputs), { text, report, names, checker, root: "inputs", uses: "above" });
  for (const site of bodySites(fields, checker)) checkSite(site, context);
  const emitted = itemsOf(fields.emit).flatMap(({ value }) => itemsOf(value.params));
  for (const { value } of emitted) checkSite({ node: value.node, checker }, context);
  checkInputsUsed(fields, names, report);
}

function checkInputsUsed({ inputs }: TemplateFields, names: UsedNames, report: Report): void {
  // An expression that cannot be read may use anything.
  if (names.isUncertain()) return;
  for (const { key, keyRange } of itemsOf(inputs)) {
    if (names.isUsed(["inputs", key])) continue;
    const message = `No expression of this template uses the input "${key}": whoever gives it changes nothing`;
    report({ code: "unused-param", message, range: keyRange });
  }
}
