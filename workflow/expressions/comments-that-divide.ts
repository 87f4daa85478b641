import type { ExpressionProblem } from "./expression-problem.js";
import { commentsOf } from "./loop-name.js";

/** `a // b`, which divides in Python: CEL reads a comment, and what is meant to divide is left out in silence. Words are a comment. */
export function commentsThatDivide(source: string): readonly ExpressionProblem[] {
  if (!source.includes("//")) return [];
  return commentsOf(source).flatMap(({ start, text }) => {
    if (!OPERAND.test(text) || !/[\w)\]]\s*$/.test(source.slice(0, start))) return [];
    const message =
      'What is behind "//" is a comment and left out: ints are divided with "/", which leaves out the rest';
    return [{ code: "expression-syntax", message, start, end: start + 2, nearest: "/" }];
  });
}

/** A number, a name with members, or something in brackets, alone or with an operator behind. */
const OPERAND =
  /^\/\/\s*(?:\d[\w.]*|[A-Za-z_]\w*(?:\.\w+)+(?:\(\))?|\w*\([^)]*\))\s*(?:$|[-+*/%<>=!&|?:)\]},])/;
