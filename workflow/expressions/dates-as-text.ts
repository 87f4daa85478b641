import type { ASTNode } from "@marcbachmann/cel-js";
import { isDate } from "../types/instant.js";
import type { ExpressionProblem } from "./expression-problem.js";
import { withPublicNames } from "./functions/own-names.js";
import { comparisonsIn } from "./literal-comparisons.js";
import { typeAt } from "./names.js";
import { nodesOf } from "./syntax-tree.js";
import type { TypeScope } from "./type-scope.js";

/**
 * What goes wrong in silence because a date is a text, `2026-03-01`: a text that is none is never equal to one, and has its place
 * before or behind all of them; and a format without codes is what comes out.
 */
export function mistakesInDates(
  root: ASTNode,
  source: string,
  scope: TypeScope,
): readonly ExpressionProblem[] {
  // Most expressions hold no text.
  if (!/["']/.test(source)) return [];
  return [
    ...comparisonsWithNoDate(root, scope),
    ...(source.includes("format_date") ? formatsWithoutCodes(root) : []),
  ];
}

function comparisonsWithNoDate(root: ASTNode, scope: TypeScope): readonly ExpressionProblem[] {
  const isOfDate = (names: readonly string[]): true | null =>
    typeAt(names, scope)?.name === "date" ? true : null;
  return comparisonsIn(root, isOfDate).flatMap(({ operator, literal: { op, args, range } }) => {
    if (op !== "value" || typeof args !== "string") return [];
    const fits = /^[<>]/.test(operator) ? BEGINNING_OF_DATE.test(args) : isDate(args);
    const message = `${JSON.stringify(args.slice(0, 60))} is no date: write YYYY-MM-DD`;
    return fits ? [] : [{ code: "unknown-value", message, ...range }];
  });
}

/** What stands in order with dates: `params.day < "2026-04"`. */
const BEGINNING_OF_DATE = /^\d{4}(?:-\d{2}(?:-\d{2})?)?$/;

function formatsWithoutCodes(root: ASTNode): readonly ExpressionProblem[] {
  return nodesOf(root).flatMap((node) => {
    if (node.op !== "call" || withPublicNames(node.args[0]) !== "format_date") return [];
    const [, format] = node.args[1];
    if (format?.op !== "value" || typeof format.args !== "string" || format.args.includes("%")) return [];
    const { start, end } = format.range;
    const meant = withCodes(format.args);
    const message = `This format has no code, so it comes out as it is: write "${meant ?? "%Y-%m-%d"}"`;
    const hasEscapes = end - start !== format.args.length + 2;
    return meant === null || hasEscapes
      ? [{ code: "format-without-code", message, start, end }]
      : [{ code: "format-without-code", message, start: start + 1, end: end - 1, nearest: meant }];
  });
}

/** `YYYY-MM-DD`, as other systems write it, in the codes of strftime; null when it is nothing of the kind. */
function withCodes(format: string): string | null {
  const meant = format.replaceAll(/[A-Za-z]+/g, (word) => CODES[word] ?? word);
  return meant === format ? null : meant;
}

const CODES: Readonly<Record<string, string>> = {
  YYYY: "%Y",
  yyyy: "%Y",
  YY: "%y",
  yy: "%y",
  MM: "%m",
  DD: "%d",
  dd: "%d",
  HH: "%H",
  hh: "%H",
  mm: "%M",
  SS: "%S",
  ss: "%S",
  YYYYMMDD: "%Y%m%d",
  yyyyMMdd: "%Y%m%d",
  YYYYMM: "%Y%m",
  yyyyMM: "%Y%m",
};
