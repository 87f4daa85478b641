import type { LayoutToken } from "../syntax/layout.js";
import { INDENT, indentOf } from "./indent.js";

/**
 * The lines of a token that is no block text. Those after the first begin at `indent`: in a scalar of several lines the
 * white space around a line break is no part of the value.
 */
export function textLines({ kind, text }: LayoutToken, indent: number): readonly string[] {
  const [first = "", ...rest] = (kind === "single-quoted" ? preferredQuotes(text) : text).split("\n");
  const isQuoted = kind === "single-quoted" || kind === "double-quoted";
  // In double quotes a space may be escaped, so only what leads a line is certain to be none of the value.
  const shown = (line: string): string => (isQuoted ? line.trimStart() : line.trim());
  const lines = rest.map((line) => (line.trim() === "" ? "" : " ".repeat(indent) + shown(line)));
  return [isQuoted ? first : first.trimEnd(), ...lines];
}

/** Double quotes instead of single ones, where nothing in them needs an escape in either. */
function preferredQuotes(text: string): string {
  const inside = text.slice(1, -1);
  return /["'\\\n]/.test(inside) ? text : `"${inside}"`;
}

/** The lines under a block header such as `|` or `>2-`, moved to where their block begins now. */
export function blockLines({ text, block }: LayoutToken, header: string): readonly string[] {
  const lines = text.split("\n");
  const digit = Number(/[1-9]/.exec(header)?.[0] ?? 0);
  const parent = block.parent ?? block;
  const written = digit > 0 ? parent.column + digit : indentWritten(lines);
  // Even right in the document: a comment after the block would else be one more line of it.
  const indent = digit > 0 ? indentOf(parent) + digit : Math.max(INDENT, indentOf(block));
  return lines.map((line) => {
    const content = line.slice(written);
    return content === "" ? "" : " ".repeat(indent) + content;
  });
}

/** Of the first line that has more than spaces; the lines before it cannot have more. */
function indentWritten(lines: readonly string[]): number {
  const first = lines.find((line) => /[^ ]/.test(line));
  return first === undefined ? Math.max(...lines.map((line) => line.length)) : first.search(/[^ ]/);
}
