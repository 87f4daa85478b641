import { secretName } from "../compile/compile-value.js";
import type { Fix, TextRange } from "../diagnostics/diagnostic.js";
import type { Report } from "../diagnostics/report.js";
import type { ExpressionChecker } from "../expressions/check-expression.js";
import type { CheckedExpression } from "../expressions/checked-expression.js";
import type { ExpressionProblem } from "../expressions/expression-problem.js";
import type { Reference } from "../expressions/names.js";
import type { NullUse } from "../expressions/null-uses.js";
import { NO_GUARDS, type OutputUse, type SignalUse, type StepGuards } from "../expressions/step-guards.js";
import { splitTemplate } from "../expressions/split-template.js";
import { offsetsIn } from "../syntax/scalar-offsets.js";
import type { ScalarNode, SyntaxNode } from "../syntax/syntax-node.js";
import type { ValueType } from "../types/value-type.js";
import { cutByComment } from "./comment-in-expression.js";
import type { UsedNames } from "./used-names.js";

/** A place that takes expressions: a whole YAML value, in which each text may hold some. */
export interface ExpressionSite {
  readonly node: SyntaxNode;
  readonly checker: ExpressionChecker;
  /** What one whole expression must give, or one of which; anything when absent. */
  readonly expected?: ValueType | readonly ValueType[];
  /** The text is an expression even without braces. */
  readonly isBare?: true;
  /** What one whole expression gives may not be null; of a condition that goes without saying. */
  readonly refusesNull?: true;
  /** A value may be one secret. */
  readonly takesSecrets?: true;
}

export interface SiteContext {
  /** The text of the file. */
  readonly text: string;
  readonly report: Report;
  /** Is told what the expressions use, where somebody asks for that. */
  readonly names?: UsedNames;
  /** Says what is wrong with a use of a name, beyond its type; null when nothing is. */
  readonly referenceProblem: (reference: Reference) => ReferenceProblem | null;
  /** Says why a step may have left no outputs here; null when it certainly has. Absent where no step can be used. */
  readonly missingOutput?: (use: OutputUse) => string | null;
  /** Says why what is used of a step may be null, where no null may be; null when it is not. */
  readonly nullValue?: (use: NullUse) => string | null;
  /** The same of the signal, which only a run has that one started. Absent where the signal is certain. */
  readonly missingSignal?: (use: SignalUse) => string | null;
  /** What of an expression fails for items of the loops around it that are written out. Absent where no step stands. */
  readonly itemFailures?: (source: string) => readonly ExpressionProblem[];
}

/** What is wrong with a use of a name. */
export interface ReferenceProblem {
  readonly code: "step-not-needed" | "expression-unknown-name";
  readonly message: string;
  readonly fix?: Fix;
}

/** Checks the expressions of a place: form, names, types, secrets, each finding at its exact offsets. */
export function checkSite(site: ExpressionSite, context: SiteContext): void {
  const { node } = site;
  switch (node.kind) {
    case "scalar":
      if (typeof node.value === "string" && isExpected(node, site)) checkScalar(placeOf(node, site, context));
      return;
    case "list":
      for (const item of node.items) checkSite(partOf(site, item), context);
      return;
    case "map":
      for (const { value } of node.entries) checkSite(partOf(site, value), context);
  }
}

function partOf({ checker, expected, takesSecrets }: ExpressionSite, node: SyntaxNode): ExpressionSite {
  return {
    node,
    checker,
    ...(expected !== undefined && "of" in expected ? { expected: expected.of } : {}),
    ...(takesSecrets === undefined ? {} : { takesSecrets }),
  };
}

/** Most texts hold no expression, and what it takes to check one is not made for them. */
function isExpected({ text }: ScalarNode, { isBare }: ExpressionSite): boolean {
  return isBare !== undefined || text.includes("${{");
}

/** Whether there is anything to check in a value. */
export function mayHoldExpression(node: SyntaxNode): boolean {
  if (node.kind === "list") return node.items.some(mayHoldExpression);
  if (node.kind === "map") return node.entries.some(({ value }) => mayHoldExpression(value));
  return typeof node.value === "string" && node.value.includes("${{");
}

interface ScalarPlace {
  readonly node: ScalarNode;
  readonly site: ExpressionSite;
  readonly context: SiteContext;
  /** Where a character of the value stands in the text; found out for the first finding, and kept for the others. */
  readonly offset: (index: number) => number;
}

function placeOf(node: ScalarNode, site: ExpressionSite, context: SiteContext): ScalarPlace {
  let offset: ScalarPlace["offset"] | undefined;
  return {
    node,
    site,
    context,
    offset: (index) => {
      offset ??= offsetsIn(context.text, node);
      return offset(index);
    },
  };
}

function checkScalar(place: ScalarPlace): void {
  const { node, site } = place;
  if (!node.text.includes("${{")) {
    if (site.isBare !== undefined) checkBare(place);
    return;
  }
  const { parts, problems } = splitTemplate(node.text);
  if (reportCut(problems, place)) return;
  for (const { code, message, start, end } of problems) reportUnread({ code, message, start, end }, place);
  const written = parts.filter(
    (part) => part.kind === "expression" || part.text.trim() !== "" || site.isBare === undefined,
  );
  for (const part of parts) {
    if (part.kind !== "expression" || part.source === "") continue;
    checkExpressionAt({ source: part.source, start: part.start, isWhole: written.length === 1 }, place);
  }
  if (site.isBare !== undefined && written.length > 1) {
    const message = "A condition is one expression: put all of it inside the braces, or leave them out";
    reportUnread({ code: "expression-syntax", message, start: 0, end: node.text.length }, place);
  }
}

/** In braces of other systems a condition would be a map of CEL. */
function checkBare(place: ScalarPlace): void {
  const { text } = place.node;
  const [, nearest] = /^(?:\{\{|\$\{)\s*([^{}]+?)\s*\}\}?$/.exec(text) ?? [];
  if (nearest === undefined) return checkExpressionAt({ source: text, start: 0, isWhole: true }, place);
  const message = "A condition stands without braces, or in ${{ }}";
  reportUnread({ code: "expression-braces", message, start: 0, end: text.length, data: { nearest } }, place);
}

interface PlacedSource {
  readonly source: string;
  /** Offset in the scalar's value. */
  readonly start: number;
  /** Nothing stands around it, so its type is the value's. */
  readonly isWhole: boolean;
}

function checkExpressionAt({ source, start, isWhole }: PlacedSource, place: ScalarPlace): void {
  const { site, context } = place;
  const { checker } = site;
  const see = context.names?.see;
  const offset = (index: number): number => place.offset(start + index);
  const secret = isWhole && site.takesSecrets !== undefined ? secretName(source) : null;
  if (secret !== null) {
    see?.({ source, checked: secretUse(secret, source), checker, offset });
    return;
  }
  const misnamed = misnamedSecret(source);
  if (misnamed !== null) {
    const [from, to] = [source.search(/\S/), source.trimEnd().length];
    reportUnread({ ...misnamed, start: start + from, end: start + to }, place);
    return;
  }
  const checked = checker.check(source, (isWhole ? site.expected : undefined) ?? "any");
  see?.({ source, checked, checker, offset });
  reportChecked({ ...checked, problems: problemsOf(checked, source, context) }, start, place);
  reportRefused(checked.steps, { start, isWhole }, place);
}

/** A secret by a name that it cannot have, or by brackets; null for any other expression. */
function misnamedSecret(source: string): Pick<PlacedProblem, "code" | "message" | "data"> | null {
  const [, dotted, , quoted] =
    /^\s*secrets(?:\.([\w-]+)|\s*\[\s*(["'])([\w-]+)\2\s*\])\s*$/.exec(source) ?? [];
  const name = dotted ?? quoted ?? "";
  if (name.includes("-")) {
    const message = `The name of a secret has no "-", which is minus here: name it with "_"`;
    return { code: "expression-unknown-name", message };
  }
  if (quoted === undefined) return null;
  const nearest = `secrets.${name}`;
  return {
    code: "secret-not-allowed",
    message: `A secret is named behind a dot: write ${nearest}`,
    data: { nearest },
  };
}

/** A condition that is null is none, and neither is null a list to go over. */
function reportRefused(
  { whole }: StepGuards,
  { start, isWhole }: Pick<PlacedSource, "start" | "isWhole">,
  place: ScalarPlace,
): void {
  const { isBare, refusesNull } = place.site;
  if (isWhole && whole !== null && (isBare ?? refusesNull) !== undefined) reportNull(whole, start, place);
}

/** What cannot be read is not tried. */
function problemsOf(
  { problems }: CheckedExpression,
  source: string,
  { itemFailures }: SiteContext,
): readonly ExpressionProblem[] {
  return problems.length > 0 || itemFailures === undefined ? problems : itemFailures(source);
}

/** A secret where one may be: there is nothing to check, and most files that have one have many. */
function secretUse(name: string, source: string): CheckedExpression {
  const reference = { path: ["secrets", name], start: source.search(/\S/), end: source.trimEnd().length };
  return { type: { name: "string" }, problems: [], references: [reference], steps: NO_GUARDS };
}

function reportChecked(
  { problems, references, steps }: CheckedExpression,
  start: number,
  place: ScalarPlace,
): void {
  if (reportCut(problems, place)) return;
  for (const { code, message, nearest, ...range } of problems) {
    const data = nearest === undefined ? {} : { data: { nearest } };
    reportUnread({ code, message, start: start + range.start, end: start + range.end, ...data }, place);
  }
  for (const reference of references) checkReference(reference, start, place);
  reportMissing(steps, start, place);
  reportMissingSignal(steps.signals, start, place);
}

/** True when the rest of the expression is a comment: then that is all that is wrong. */
function reportCut(
  problems: readonly { readonly code: string }[],
  { node, context: { text, names, report } }: ScalarPlace,
): boolean {
  const isCutSo = problems.some(({ code }) => code === "expression-unclosed" || code === "expression-syntax");
  const cut = isCutSo ? cutByComment(node, text) : null;
  if (cut === null) return false;
  names?.doubt();
  const message = `YAML takes " #" for the beginning of a comment, so the expression ends before it: quote the value`;
  report({ code: "expression-cut", message, ...cut });
  return true;
}

function checkReference(reference: Reference, start: number, place: ScalarPlace): void {
  place.context.names?.add(reference.path);
  const problem = referenceProblem(reference, place.context);
  if (problem === null) return;
  reportAt({ ...problem, start: start + reference.start, end: start + reference.end }, place);
}

function reportMissing({ uses, nulls }: StepGuards, start: number, place: ScalarPlace): void {
  for (const use of uses) reportUse(use, place.context.missingOutput?.(use) ?? null, { start, place });
  for (const use of nulls) reportNull(use, start, place);
}

function reportNull(use: NullUse, start: number, place: ScalarPlace): void {
  reportUse(use, place.context.nullValue?.(use) ?? null, { start, place });
}

function reportUse(
  use: TextRange,
  message: string | null,
  { start, place }: { readonly start: number; readonly place: ScalarPlace },
): void {
  const range = { start: start + use.start, end: start + use.end };
  if (message !== null) reportAt({ code: "output-may-be-missing", message, ...range }, place);
}

function reportMissingSignal(uses: readonly SignalUse[], start: number, place: ScalarPlace): void {
  for (const use of uses) {
    const message = place.context.missingSignal?.(use) ?? null;
    const range = { start: start + use.start, end: start + use.end };
    if (message !== null) reportAt({ code: "signal-may-be-missing", message, ...range }, place);
  }
}

function referenceProblem(
  reference: Reference,
  context: SiteContext,
): Pick<PlacedProblem, "code" | "message" | "fix"> | null {
  return reference.path[0] === "secrets" ? SECRET_PROBLEM : context.referenceProblem(reference);
}

const SECRET_PROBLEM = {
  code: "secret-not-allowed",
  message:
    'A secret may only be the whole value of a variable in "env" or of a header: `${{ secrets.NAME }}`. A word before it, such as Bearer, belongs into the secret',
} as const;

/** Of what cannot be read nobody knows what it uses. */
function reportUnread(problem: PlacedProblem, place: ScalarPlace): void {
  place.context.names?.doubt();
  reportAt(problem, place);
}

interface PlacedProblem {
  readonly code: Parameters<Report>[0]["code"];
  readonly message: string;
  /** Offsets in the scalar's value. */
  readonly start: number;
  readonly end: number;
  readonly data?: Readonly<Record<string, string>>;
  readonly fix?: Fix;
}

function reportAt(
  { start, end, ...finding }: PlacedProblem,
  { offset, context: { report } }: ScalarPlace,
): void {
  const from = offset(start);
  report({
    range: { start: from, end: Math.max(end > start ? offset(end - 1) + 1 : from, from) },
    ...finding,
  });
}
