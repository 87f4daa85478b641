import type { YAMLError } from "yaml";
import type { TextRange } from "../diagnostics/diagnostic.js";

/** A value that YAML cannot take as it stands, and what to say of it. */
export interface UnquotedValue {
  readonly range: TextRange;
  readonly message: string;
  /** What is to stand instead; its text in single quotes when left out, and null where quotes do not help. */
  readonly newText?: string | null;
}

/** The value that a problem is in, when its text without quotes is the cause; null when that is not clear. */
export function unquotedValueAt(offset: number, problem: YAMLError, text: string): UnquotedValue | null {
  const line = lineAround(offset, text);
  if (line.text.length > LINE_LENGTH_MAX) return null;
  const value = expressionIn(line) ?? textBehindKey(offset, problem, text) ?? valueAround(line, problem);
  return value === null || value.range.start === value.range.end ? null : value;
}

/** As `!params.full` or `!succeeded()`, of which YAML makes a tag: the whole value; null when the tag is none of those. */
export function negationAt(offset: number, text: string): UnquotedValue | null {
  const line = lineAround(offset, text);
  if (line.text.length > LINE_LENGTH_MAX) return null;
  const { start, isFlow } = nodeBefore(line, offset - line.start + 1);
  const value = line.text.slice(start, endOfValue(line.text, start, isFlow));
  if (start !== offset - line.start || !/^!\(*[a-z]\w*[.(]/.test(value)) return null;
  return { range: placed(line, start, value.length), message: cannotBegin("!") };
}

/** Of a longer line, which nobody has written, the cause is not looked for. */
const LINE_LENGTH_MAX = 2000;

/** A line, where a place in it is. */
interface Line {
  readonly text: string;
  /** In the file. */
  readonly start: number;
  /** In the line. */
  readonly at: number;
}

function lineAround(offset: number, text: string): Line {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.slice(start).search(/\r?\n|\r(?!\n)/);
  return { text: text.slice(start, end < 0 ? text.length : start + end), start, at: offset - start };
}

function placed(line: Line, start: number, length: number): TextRange {
  return { start: line.start + start, end: line.start + start + length };
}

/** The value without quotes, on the line, whose expression YAML cannot take. */
function expressionIn(line: Line): UnquotedValue | null {
  for (const { index, 0: expression } of line.text.matchAll(/\$\{\{.*?\}\}/g)) {
    const before = line.text.slice(0, index);
    if (isQuoted(before)) continue;
    const isFlow = isInFlow(before);
    if (!isFlow && !expression.includes(": ")) continue;
    const [start, end] = isFlow ? [index, index + expression.length] : blockValue(line.text, index);
    const message = expression.includes(": ") ? HOLDS_COLON : HOLDS_BRACES;
    return { range: placed(line, start, end - start), message };
  }
  return null;
}

/** A value that is just a text, as in `description: this: that`. */
function textBehindKey(start: number, { message }: YAMLError, text: string): UnquotedValue | null {
  if (!message.startsWith("Nested mappings are not allowed in compact mappings")) return null;
  const value = /^[^\r\n"'[\]{}|>]*(?:(?![ \t]#)[^\r\n])*/.exec(text.slice(start))?.[0].trimEnd() ?? "";
  return /^[\w(]/.test(value) ? { range: { start, end: start + value.length }, message: HOLDS_COLON } : null;
}

const HOLDS_COLON = `This value holds ": ", which begins a map in YAML: quote the value`;
const HOLDS_BRACES = `Inside of { } or [ ] an expression stands in quotes, since its own braces begin a map: quote the value`;
const HOLDS_BRACKET =
  "Inside of { } or [ ] a value that holds brackets stands in quotes, since they begin a list or a map: quote the value";
const IN_LINES =
  "A text in lines of its own cannot stand inside of { } or [ ]: write the map around it in lines, or the text in quotes";

function cannotBegin(sign: string): string {
  return `A value that begins with ${sign} is something else in YAML: quote the value`;
}

/** What YAML ends before its author does: `["a"] == x`, `a["b"]` in a line of brackets, `"a" + "b"`, `@daily`. */
function valueAround(line: Line, { code, message }: YAMLError): UnquotedValue | null {
  const isStart = code === "BAD_SCALAR_START" || code === "BAD_ALIAS";
  if (!isStart && !/^Unexpected [\w-]+ at node end/.test(message)) return null;
  const { start, isFlow } = nodeBefore(line, isStart ? line.at + 1 : line.at);
  const isInBrackets = isFlow || message.startsWith("Unexpected flow-");
  const value = line.text.slice(start, endOfValue(line.text, start, isInBrackets));
  if (value === "" || isTwoValues(value)) return null;
  return explained(value, placed(line, start, value.length), isFlow);
}

function explained(value: string, range: TextRange, isFlow: boolean): UnquotedValue | null {
  if (/^[|>]/.test(value)) return isFlow ? { range, message: IN_LINES, newText: null } : null;
  return QUOTES.has(value.charAt(0)) ? behindQuote(value, range) : { range, message: reasonOf(value) };
}

function reasonOf(value: string): string {
  const first = value.charAt(0);
  if ("[{".includes(first)) return goesOn("bracket");
  return /[\w(]/.test(first) ? HOLDS_BRACKET : cannotBegin(first);
}

/** As `"x" b: 1`, where a comma or a line end is missing. */
function isTwoValues(value: string): boolean {
  return /^(["'[{]).*[\w"'\]}]:(?: |$)/.test(value) || isClosedTwice(value);
}

/** As `"a" "b"`, `[a] [b]`: two values, between which something is missing. */
function isClosedTwice(value: string): boolean {
  return /^(?:"[^"]*" +"|'[^']*' +'|\[[^\]]*\] +\[|\{[^}]*\} +\{)/.test(value);
}

function goesOn(sign: string): string {
  return `In YAML this value ends with its ${sign}: quote all of the value`;
}

/** `'it's'` means one text, and `"a" == b` an expression. */
function behindQuote(value: string, range: TextRange): UnquotedValue {
  const quote = value.charAt(0);
  const rest = value.slice(1, -1);
  const isInside =
    value.length > 2 && value.endsWith(quote) && /^\w/.test(rest.slice(rest.indexOf(quote) + 1));
  if (!isInside) return { range, message: goesOn("quote") };
  const written = quote === "'" ? "''" : '\\"';
  const inside = quote === "'" ? rest.replaceAll("'", "''") : rest.replaceAll(/(?<!\\)"/g, '\\"');
  return {
    range,
    message: `The quote inside of this value ends it: write ${written} there`,
    newText: `${quote}${inside}${quote}`,
  };
}

const QUOTES: ReadonlySet<string> = new Set(["'", '"']);

/** Whether a quote is open at the end of a part of a line. */
function isQuoted(before: string): boolean {
  const rest = before.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/g, "");
  return /(?:^|[\s:[{,])["']/.test(rest);
}

function isInFlow(before: string): boolean {
  const rest = before.replaceAll(/\$\{\{.*?\}\}/g, "");
  return /[[{]/.test(rest);
}

/** In a line that is no list or map in brackets: from behind the key, or the dash, to the end. */
function blockValue(line: string, index: number): readonly [number, number] {
  const key = /^\s*(?:- +)*(?:[^\s:#][^:#]*: +)?/.exec(line.slice(0, index))?.[0].length ?? index;
  return [key, line.trimEnd().length];
}

interface Node {
  /** In the line. */
  readonly start: number;
  /** Whether it stands in brackets. */
  readonly isFlow: boolean;
}

/** What a line is read by: blanks, quoted texts, signs, and what stands between them. */
const PIECES = /- |:\s+|\s+|"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s:,()[\]{}"'-]+|[^]/g;

/** Of a node that is looked for: the brackets around it, and where it begins; -1 before it does. */
interface Walk {
  readonly open: number[];
  start: number;
}

/** Where the node begins that a place of a line is in, or right behind. */
function nodeBefore({ text }: Line, place: number): Node {
  const walk: Walk = { open: [], start: -1 };
  for (const { 0: piece, index } of text.matchAll(PIECES)) {
    if (index >= place) break;
    if (piece.trim() !== "" && !isDash(piece, walk)) readPiece(piece, index, walk);
  }
  return { start: walk.start < 0 ? place : walk.start, isFlow: walk.open.length > 0 };
}

function readPiece(piece: string, at: number, walk: Walk): void {
  const isNew = walk.start < 0;
  const isFlow = walk.open.length > 0;
  if (isNew && "[{".includes(piece)) walk.open.push(at);
  else if (isFlow && "]}".includes(piece)) walk.start = walk.open.pop() ?? at;
  else if (isBetween(piece, isFlow)) walk.start = -1;
  else if (isNew) walk.start = at;
}

/** Of an item of a list in lines. */
function isDash(piece: string, { start, open }: Walk): boolean {
  return piece === "- " && start < 0 && open.length === 0;
}

/** Behind a key or a comma another node begins. */
function isBetween(piece: string, isFlow: boolean): boolean {
  return /^:\s/.test(piece) || (isFlow && piece === ",");
}

/** Up to the comma or bracket that ends it, or to the end of its line or a comment. */
function endOfValue(text: string, start: number, isFlow: boolean): number {
  const rest = text
    .slice(start)
    .replace(/\s#.*$/, "")
    .trimEnd();
  if (!isFlow) return start + rest.length;
  let depth = 0;
  for (const { 0: piece, index } of rest.matchAll(PIECES)) {
    if (depth === 0 && ",]}".includes(piece)) return start + rest.slice(0, index).trimEnd().length;
    if ("([{".includes(piece)) depth += 1;
    else if (")]}".includes(piece)) depth -= 1;
  }
  return start + rest.length;
}
