/**
 * Places on which the two parsers do not agree, or which one of them does not tell, found in the text so that both trees
 * are equal.
 */

/**
 * Where a value stands that is not written, as in `needs:`. It is after the `:` or `-` that follows `from`, which is where the
 * text before it ends; without one, as in the set `{ a }`, it is there itself.
 */
export function placeOfNothing(text: string, from: number): number {
  const at = skipBlanks(text, from);
  return text[at] === ":" || text[at] === "-" ? at + 1 : from;
}

/** The end of a flow collection, its bracket included; `from` is where its last item ends. */
export function endOfFlow(text: string, from: number): number {
  let at = skipBlanks(text, from);
  while (at < text.length && text[at] !== "]" && text[at] !== "}") at = skipBlanks(text, at + 1);
  return Math.min(at + 1, text.length);
}

/** The end of a block scalar without the blank lines after it. */
export function endOfBlock(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && isBlank(text[at - 1])) at -= 1;
  return at;
}

/** Past blanks, line ends and comments. */
function skipBlanks(text: string, from: number): number {
  let at = from;
  for (;;) {
    if (isBlank(text[at])) at += 1;
    else if (text[at] === "#" && isBlank(text[at - 1])) at = lineEnd(text, at);
    else return at;
  }
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf("\n", from);
  return at < 0 ? text.length : at;
}

function isBlank(unit: string | undefined): boolean {
  return unit === " " || unit === "\n" || unit === "\r" || unit === "\t";
}
