import { writeInstead } from "../diagnostics/nearest-name.js";
import type { Report } from "../diagnostics/report.js";
import type { ExpressionChecker } from "../expressions/check-expression.js";
import { itemsOf } from "../schema/field-value.js";
import type { StepFields } from "../schema/step-schema.js";
import { offsetsIn } from "../syntax/scalar-offsets.js";
import type { ScalarNode, SyntaxNode } from "../syntax/syntax-node.js";

interface Place {
  readonly text: string;
  readonly checker: ExpressionChecker;
  readonly report: Report;
}

/** A value as templates of other systems write it, `{{ params.day }}` or `${params.day}`: text here, which nobody fills in. */
export function checkOtherBraces(fields: StepFields, place: Place): void {
  for (const map of mapsOf(fields)) for (const { value } of itemsOf(map)) visit(value.node, place);
  const { url, body } = fields.http?.value ?? {};
  for (const field of [url, body]) if (field !== undefined) visit(field.node, place);
}

/** The maps of a step whose values take expressions, but those whose text is code. */
function mapsOf({ env, sql, http, notebook, plugin, with: given }: StepFields): readonly StepFields["env"][] {
  const params =
    notebook === undefined || typeof notebook.value === "string" ? undefined : notebook.value.params;
  return [env, sql?.value.params, http?.value.headers, params, plugin?.value.with, given];
}

function visit(node: SyntaxNode, place: Place): void {
  if (node.kind === "list") for (const item of node.items) visit(item, place);
  else if (node.kind === "map") for (const { value } of node.entries) visit(value, place);
  else if (typeof node.value === "string" && node.value.includes("{")) checkText(node, place);
}

/** A path in braces, each repetition of which is bounded. */
const OTHER_BRACES = /(?:(?<!\$)\{\{|\$\{)[ \t]{0,8}([a-z]{1,10}(?:\.\w{1,100}){1,6})[ \t]{0,8}(?:\}\}|\})/g;

function checkText(node: ScalarNode, { text, checker, report }: Place): void {
  for (const { 0: written, 1: path = "", index } of node.text.matchAll(OTHER_BRACES)) {
    if (written.startsWith("{{") !== written.endsWith("}}") || !isKnown(path, checker)) continue;
    const offset = offsetsIn(text, node);
    const range = { start: offset(index), end: offset(index + written.length - 1) + 1 };
    const right = `\${{ ${path} }}`;
    const message = `${written} is text here, and is not filled in. Write ${right}`;
    report({ code: "expression-braces", message, range, ...writeInstead(right, range) });
  }
}

/** Only what has a meaning here was meant so: the template may be for another system. */
function isKnown(path: string, checker: ExpressionChecker): boolean {
  return !path.startsWith("secrets.") && checker.check(path).problems.length === 0;
}
