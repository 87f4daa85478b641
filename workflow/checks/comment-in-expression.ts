import type { Fix, TextRange } from "../diagnostics/diagnostic.js";
import type { ScalarNode } from "../syntax/syntax-node.js";

/** What YAML has taken for a comment although it belongs to an expression, and the quotes that make it one text. */
export interface CutExpression {
  readonly range: TextRange;
  readonly fix: Fix;
}

/**
 * The part of an expression that ` #` has cut off: in a value without quotes, where the comment after it holds what the
 * expression lacks, its `}}` or the end of a text. Null when the comment is one.
 */
export function cutByComment(node: ScalarNode, text: string): CutExpression | null {
  const { text: value, style, range } = node;
  const comment = style === "plain" ? /^[ \t]+(#[^\r\n]*)/.exec(text.slice(range.end))?.[1] : undefined;
  const missing = value.includes("${{") ? "}}" : openQuoteOf(value);
  if (comment === undefined || missing === null || !comment.includes(missing)) return null;
  const start = text.indexOf(comment, range.end);
  const end = start + lengthOfValue(comment, comment.indexOf(missing) + missing.length);
  const newText = `'${text.slice(range.start, end).replaceAll("'", "''")}'`;
  return {
    range: { start, end },
    fix: { title: "Quote the value", edits: [{ range: { start: range.start, end }, newText }] },
  };
}

/** How much of a comment is of the value: up to a comment in it that is meant as one. */
function lengthOfValue(comment: string, sure: number): number {
  return sure + (/^(?:(?![ \t]#).)*/.exec(comment.slice(sure))?.[0].trimEnd().length ?? 0);
}

/** The quote that a part of an expression has opened and not closed. */
function openQuoteOf(source: string): string | null {
  const rest = source.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, "");
  return /["']/.exec(rest)?.[0] ?? null;
}
