import type { YAMLError } from "yaml";
import type { TextEdit, TextRange } from "../diagnostics/diagnostic.js";
import type { Finding } from "../diagnostics/report.js";

/**
 * What the YAML library has found, as a finding in the words of YAML's users, with the edit where the cause is plain. The
 * library tells of a quote that is not closed where the text ends: `openQuoteAt` is where it begins.
 */
export function yamlFinding(problem: YAMLError, text: string, openQuoteAt: number | null): Finding {
  const [from, to] = problem.pos;
  const start = Math.min(from, text.length);
  const finding = { code: "yaml-syntax", data: { yaml: problem.code } } as const;
  const value = STRUCTURAL.has(problem.code)
    ? (unquotedValueAt(start, text) ?? unquotedTextAt(start, problem, text))
    : null;
  if (value !== null) {
    const fix = { title: "Quote the value", edits: [quoted(value.range, text)] };
    return { ...finding, message: value.message, range: value.range, fix };
  }
  const isQuote = openQuoteAt !== null && /^Missing closing ['"]/.test(problem.message);
  const range = isQuote
    ? restOfLine(openQuoteAt, text)
    : firstWord({ start, end: Math.min(Math.max(to, start), text.length) }, text);
  return { ...finding, message: inWords(problem), range };
}

/** Of a line that is indented wrong, its first word: the library points at the indentation. */
function firstWord({ start, end }: TextRange, text: string): TextRange {
  const [, blanks = "", word = ""] = /^([ \t]*)([^\s:]*)/.exec(text.slice(start)) ?? [];
  if (blanks === "" || word === "" || end > start + blanks.length) return { start, end };
  return { start: start + blanks.length, end: start + blanks.length + word.length };
}

/** What comes after it is swallowed by the quote. */
function restOfLine(start: number, text: string): TextRange {
  const lineEnd = text.slice(start).search(/\r|\n/);
  return { start, end: lineEnd < 0 ? text.length : start + lineEnd };
}

/** A tag is told where it stands: the language has none but `!!str`, and whatever it is to mean, nothing does. */
export function tagFinding({ pos }: YAMLError, text: string): Finding {
  const [start, end] = pos;
  const tag = text.slice(start, end);
  const blanks = /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
  return {
    code: "yaml-tag",
    message: `The tag "${tag}" means nothing here: remove it, and write the value as it is meant`,
    range: { start, end },
    fix: { title: `Remove "${tag}"`, edits: [{ range: { start, end: end + blanks }, newText: "" }] },
  };
}

/** Whether what comes after the problem in the text is not what its author meant: what else is found there is a consequence. */
export function isStructural({ code }: YAMLError): boolean {
  return STRUCTURAL.has(code);
}

const STRUCTURAL: ReadonlySet<string> = new Set([
  "BAD_INDENT",
  "BLOCK_AS_IMPLICIT_KEY",
  "BLOCK_IN_FLOW",
  "IMPOSSIBLE",
  "MISSING_CHAR",
  "MULTILINE_IMPLICIT_KEY",
  "UNEXPECTED_TOKEN",
]);

interface UnquotedValue {
  readonly range: TextRange;
  readonly message: string;
}

/** The value without quotes, on the line of a problem, whose expression YAML cannot take as it stands; null when there is none. */
function unquotedValueAt(offset: number, text: string): UnquotedValue | null {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const lineEnd = text.indexOf("\n", lineStart);
  const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd);
  for (const { index, 0: expression } of line.matchAll(/\$\{\{.*?\}\}/g)) {
    const before = line.slice(0, index);
    if (isQuoted(before)) continue;
    const isFlow = isInFlow(before);
    if (!isFlow && !expression.includes(": ")) continue;
    const [start, end] = isFlow ? [index, index + expression.length] : blockValue(line, index);
    return {
      range: { start: lineStart + start, end: lineStart + end },
      message: expression.includes(": ") ? HOLDS_COLON : HOLDS_BRACES,
    };
  }
  return null;
}

/** The same of a value that is just a text, as in `description: this: that`. */
function unquotedTextAt(start: number, { message }: YAMLError, text: string): UnquotedValue | null {
  if (!message.startsWith("Nested mappings are not allowed in compact mappings")) return null;
  const value = /^[^\r\n"'[\]{}|>]*(?:(?![ \t]#)[^\r\n])*/.exec(text.slice(start))?.[0].trimEnd() ?? "";
  return /^[\w(]/.test(value) ? { range: { start, end: start + value.length }, message: HOLDS_COLON } : null;
}

const HOLDS_COLON = `This value holds ": ", which begins a map in YAML: quote the value`;
const HOLDS_BRACES = `Inside of { } or [ ] an expression stands in quotes, since its own braces begin a map: quote the value`;

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

/** In single quotes, which take everything but themselves as it stands. */
function quoted({ start, end }: TextRange, text: string): TextEdit {
  const newText = `'${text.slice(start, end).replaceAll("'", "''")}'`;
  return { range: { start, end }, newText };
}

/** The library's terms, as someone says them who does not know YAML's grammar; the first that fits counts. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [
    /^Nested mappings are not allowed in compact mappings/,
    'This value holds ": ", which begins a map in YAML: quote the value, or begin the map on a line of its own',
  ],
  [
    /^A block sequence may not be used as an implicit map key/,
    "A list cannot begin here: put it on lines of its own, or in [ ]",
  ],
  [
    /^Block collections are not allowed within flow collections/,
    'Inside of { } or [ ] only what is in brackets itself can stand: quote a text that holds ": " or "- "',
  ],
  [
    /^Implicit keys need to be on a single line/,
    'There is a text without ":" here, or a key that goes on over lines',
  ],
  [/^Implicit map keys need to be followed by map values/, 'There is a key without ":" here'],
  [/^Missing closing '/, "A text in single quotes is not closed"],
  [/^Missing closing "/, "A text in double quotes is not closed"],
  [/^All mapping items must start at the same column/, "The keys of one map must stand in one column"],
  [/^Sequence item without - indicator/, `A line between the items of a list that begins with no "- "`],
  [/^All sequence items must start at the same column/, "The items of one list must stand in one column"],
  [
    /^Flow (map|sequence) in block collection must be sufficiently indented/,
    "A bracket before this line is not closed, or what is in it must be indented more than its key",
  ],
  [/^Unexpected flow-map-start token/, 'A "{" has no place here: quote a text that begins with it'],
  [/^Unexpected flow-map-end token/, 'A "}" closes nothing here'],
  [/^Unexpected flow-seq-start token/, 'A "[" has no place here: quote a text that begins with it'],
  [/^Unexpected flow-seq-end token/, 'A "]" closes nothing here'],
];

function inWords(problem: YAMLError): string {
  const message = problem.message.replace(/ at line \d+, column \d+[\s\S]*$/, "").replace(/[.:]\s*$/, "");
  return WORDS.find(([pattern]) => pattern.test(message))?.[1] ?? message;
}
