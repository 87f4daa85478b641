import { writeInstead } from "../diagnostics/nearest-name.js";
import type { Report } from "../diagnostics/report.js";
import type { ScalarNode, SyntaxNode } from "../syntax/syntax-node.js";

/** Says of each whole number within a value that it would be another one: an id of 19 digits is none that counts as well without its last. */
export function reportInexactNumbers(node: SyntaxNode, report: Report): void {
  for (const { text, value, range } of inexactNumbers(node)) {
    const written = text.length > 40 ? `${text.slice(0, 39)}…` : text;
    const message = `${written} is beyond 9007199254740991 (2^53 - 1), up to which whole numbers are exact, and would be ${String(value)}: quote it and take a string, or write ${Number(value).toExponential()} where that is near enough`;
    report({ code: "number-inexact", message, range, ...writeInstead(`"${text}"`, range) });
  }
}

/** Whether the value holds such a number. */
export function holdsInexactNumber(node: SyntaxNode): boolean {
  return inexactNumbers(node).length > 0;
}

function inexactNumbers(node: SyntaxNode): readonly ScalarNode[] {
  if (node.kind === "list") return node.items.flatMap(inexactNumbers);
  if (node.kind === "map") return node.entries.flatMap(({ value }) => inexactNumbers(value));
  return isInexact(node) ? [node] : [];
}

/** Only of a number written whole: who writes a point or an exponent asks for a double. */
function isInexact({ value, text, style }: ScalarNode): boolean {
  if (typeof value !== "number" || style !== "plain" || Number.isSafeInteger(value)) return false;
  return Number.isInteger(value) && WHOLE.test(text) && BigInt(text) !== BigInt(value);
}

const WHOLE = /^(?:[-+]?\d+|0o[0-7]+|0x[\da-fA-F]+)$/;
