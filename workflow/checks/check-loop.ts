import { bareExpression, compileValue } from "../compile/compile-value.js";
import { suggestion, writeInstead } from "../diagnostics/nearest-name.js";
import type { Report } from "../diagnostics/report.js";
import type { StepNode } from "../model/step-tree.js";
import type { MapItem } from "../schema/collections.js";
import { itemsOf } from "../schema/field-value.js";
import { describeNode, type SyntaxNode } from "../syntax/syntax-node.js";
import type { Field } from "../schema/record.js";
import type { ValueType } from "../types/value-type.js";
import { whyUnfit } from "./unfit-value.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** A while changes only variables that it has, to values of their types, and comes to an end; a foreach hides no name of ours. */
export function checkLoop(step: StepNode, check: WorkflowCheck): void {
  const { report } = check;
  const { foreach, while: condition } = step.fields;
  checkItems(step.fields, report);
  for (const { key, keyRange } of itemsOf(foreach)) {
    if (key !== "index") continue;
    const message = `"each.index" is the number of the iteration: give the variable another name`;
    report({ code: "invalid-id", message, range: keyRange });
  }
  if (condition === undefined) return;
  // What a misspelt variable was to change is not known.
  if (checkNext(step, check)) checkEnd(step, condition, check);
}

type LoopCheck = Pick<WorkflowCheck, "checkers" | "library" | "report">;

/** What is written where items stand is a list, or an expression in braces. */
function checkItems({ foreach }: StepNode["fields"], report: Report): void {
  for (const { key, value } of itemsOf(foreach)) {
    const compiled = compileValue(value.node);
    const isList = compiled.kind === "list" || (compiled.kind === "literal" && Array.isArray(compiled.value));
    if (isEmptyList(value.node)) {
      const message = `The list of "${key}" is empty: the steps of this loop never run`;
      report({ code: "unreachable-step", message, range: value.range });
    }
    if (compiled.kind === "expression" || isList) continue;
    const what = compiled.kind === "text" ? "text with an expression in it" : describeNode(value.node);
    const meant = expressionMeant(value.node);
    const advice = meant === null ? "" : `. An expression stands in braces: ${meant}`;
    report({
      code: "wrong-type",
      message: `A foreach goes over the items of a list: "${key}" is ${what}${advice}`,
      range: value.range,
      ...(meant === null ? {} : writeInstead(meant, value.range)),
    });
  }
}

function isEmptyList(node: SyntaxNode): boolean {
  return node.kind === "list" && node.items.length === 0;
}

/** The braces are left out in `if` and `while`, so authors leave them out here, too. */
function expressionMeant(node: SyntaxNode): string | null {
  if (node.kind !== "scalar" || node.style === "block") return null;
  const isPath = /^(?:params|steps|signals?|each|loop|run)\.[\w.]+$/.test(node.text);
  const isCall = /^(?:range|date_range)\([^"\\]*\)$/.test(node.text);
  return isPath || isCall ? `"\${{ ${node.text} }}"` : null;
}

/** False when a variable is changed that there is not. */
function checkNext(step: StepNode, check: LoopCheck): boolean {
  const { fields } = step;
  if (fields.next === undefined) return true;
  checkNextTypes(step, check);
  const names = itemsOf(fields.vars).map(({ key }) => key);
  const changed = fields.next.value.map(({ key }) => key);
  // A mend writes no key twice.
  const free = names.filter((name) => !changed.includes(name));
  for (const { key, keyRange } of fields.next.value) {
    if (names.includes(key)) continue;
    const near = suggestion(key, free);
    const message = `The loop has no variable "${key}"${near.text === "" ? `: give it its first value in "vars"` : near.text}`;
    check.report({ code: "unknown-variable", message, range: keyRange, data: near.data });
  }
  return fields.next.value.every(({ key }) => names.includes(key));
}

/** What is written as it is; what an expression gives is checked where all expressions are. */
function checkNextTypes(step: StepNode, { checkers, library, report }: LoopCheck): void {
  const types = checkers.loopTypes(step);
  for (const { key, value } of itemsOf(step.fields.next)) {
    const type = types[key];
    const problem = type === undefined ? null : whyUnfit(value.node, { type }, library);
    if (problem === null) continue;
    report({ code: "wrong-type", message: `"${key}", as in "vars", ${problem}`, range: value.range });
  }
}

/** A condition can only change with a variable of its own loop: all else that it sees stays as it is until the loop has ended. */
function checkEnd(step: StepNode, condition: Field<string>, { checkers, report }: LoopCheck): void {
  const { references, problems } = checkers.whiles(step).check(bareExpression(condition.value), BOOL);
  if (problems.length > 0) return;
  const changing = new Set(
    itemsOf(step.fields.next)
      .filter(changes)
      .map(({ key }) => key),
  );
  const asked = references.filter(({ path }) => path[0] === "loop");
  if (asked.some(({ path: [, name] }) => name === undefined || changing.has(name))) return;
  const why =
    asked.length === 0
      ? `it asks no variable of the loop`
      : `no variable that it asks has a "next" that changes it`;
  const message = `This condition never changes, for ${why}: once begun, the loop does not end before "max_iterations"`;
  report({ code: "endless-loop", message, range: condition.range });
}

/** A variable whose next value is itself stays as it is. */
export function changes({ key, value }: MapItem<SyntaxNode>): boolean {
  const next = compileValue(value.node);
  return next.kind !== "expression" || next.source.replaceAll(/\s/g, "") !== `loop.${key}`;
}

const BOOL: ValueType = { name: "bool" };
