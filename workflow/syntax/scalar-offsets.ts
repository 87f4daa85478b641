import { escapedOffsets } from "./escaped-offsets.js";
import type { ScalarNode } from "./syntax-node.js";

/**
 * Where a character of a scalar's value stands in the text: `offsetsIn(text, node)(3)` is the offset of `value[3]`. Exact for
 * what is written on one line without escapes; elsewhere value and text are walked together, past quotes, escapes,
 * indentation and folded line ends.
 */
export function offsetsIn(text: string, node: ScalarNode): (index: number) => number {
  const value = node.text;
  const start = contentStart(text, node);
  if (text.startsWith(value, start)) return (index) => start + Math.min(index, value.length);
  const written = { text, start, end: node.range.end, style: node.style };
  const exact = node.style === "double" ? escapedOffsets(written) : [];
  // One for each unit of the value and one for its end; of what is not YAML they may be fewer.
  const offsets = exact.length === value.length + 1 ? exact : align(value, written);
  return (index) => offsets[Math.min(index, value.length)] ?? start;
}

function contentStart(text: string, node: ScalarNode): number {
  if (node.style === "single" || node.style === "double") return node.range.start + 1;
  if (node.style === "plain") return node.range.start;
  // A block begins after its header (`|-`) on the next line, at its first character that is not indentation.
  const headerEnd = text.indexOf("\n", node.range.start);
  if (headerEnd < 0) return node.range.end;
  let start = headerEnd + 1;
  while (start < node.range.end && text[start] === " ") start += 1;
  return start;
}

interface Written {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly style: ScalarNode["style"];
}

function align(value: string, written: Written): readonly number[] {
  const offsets: number[] = [];
  let at = written.start;
  for (const unit of value.split("")) {
    at = skipUnseen(unit, at, written);
    offsets.push(Math.min(at, written.end));
    at += writtenLength(unit, at, written);
  }
  offsets.push(Math.min(at, written.end));
  return offsets;
}

/** Past indentation and folded line ends, which stand in the text but not in the value. */
function skipUnseen(unit: string, from: number, { text, end }: Written): number {
  let at = from;
  while (at < end && text[at] !== unit && isBlank(text[at]) && !isBlank(unit)) at += 1;
  return at;
}

function isBlank(unit: string | undefined): boolean {
  return unit === " " || unit === "\n" || unit === "\r" || unit === "\t";
}

function writtenLength(unit: string, at: number, { text, style }: Written): number {
  if (style === "single" && text.startsWith("''", at)) return 2;
  return text[at] === unit || isBlank(text[at]) ? 1 : 0;
}
