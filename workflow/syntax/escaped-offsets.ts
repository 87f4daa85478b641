/** Where a scalar in double quotes stands: from after its first quote to after its last. */
interface QuotedPlace {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

interface Walk {
  readonly text: string;
  /** Of the units of the value so far. */
  readonly offsets: number[];
  at: number;
}

/**
 * For each UTF-16 unit of the value of a scalar in double quotes the offset at which it is written, and last the offset of its
 * end: past escapes, folded lines and escaped line ends (YAML 1.2, sections 5.7 and 7.3.1).
 */
export function escapedOffsets({ text, start, end }: QuotedPlace): readonly number[] {
  const walk: Walk = { text, offsets: [], at: start };
  const last = text[end - 1] === '"' ? end - 1 : end;
  while (walk.at < last) {
    if (text[walk.at] === "\\") passEscape(walk);
    else if (!passFold(walk)) passUnits(walk, 1, 1);
  }
  walk.offsets.push(last);
  return walk.offsets;
}

function passUnits(walk: Walk, units: number, length: number): void {
  for (let unit = 0; unit < units; unit += 1) walk.offsets.push(walk.at);
  walk.at += length;
}

function passEscape(walk: Walk): void {
  const { text, at } = walk;
  const escapedBreak = lengthOf(/\\(?:\r\n|\n|\r)[ \t]*/y, text, at);
  if (escapedBreak > 0) {
    walk.at += escapedBreak;
    // Empty lines after it are line ends of the value.
    for (let length = emptyLine(walk); length > 0; length = emptyLine(walk)) passUnits(walk, 1, length);
    return;
  }
  const length = escapeLength(text[at + 1]);
  const isPair = text[at + 1] === "U" && Number.parseInt(text.slice(at + 2, at + length), 16) > 0xffff;
  passUnits(walk, isPair ? 2 : 1, length);
}

/** A line end, with the white space before and the indentation after it, is a space, and each further one a line end. */
function passFold(walk: Walk): boolean {
  const { text, at } = walk;
  const length = lengthOf(/[ \t]*(?:\r\n|\n|\r)[ \t]*/y, text, at);
  if (length === 0) return false;
  walk.at += length;
  let next = emptyLine(walk);
  if (next === 0) walk.offsets.push(at);
  for (; next > 0; next = emptyLine(walk)) passUnits(walk, 1, next);
  return true;
}

function emptyLine({ text, at }: Walk): number {
  return lengthOf(/(?:\r\n|\n|\r)[ \t]*/y, text, at);
}

function lengthOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

/** With the backslash. */
function escapeLength(letter: string | undefined): number {
  if (letter === "x") return 4;
  if (letter === "u") return 6;
  return letter === "U" ? 10 : 2;
}
