import type { YAMLError } from "yaml";
import type { TextEdit } from "../diagnostics/diagnostic.js";
import type { Finding } from "../diagnostics/report.js";

/** What the YAML library has found, as a finding in the words of YAML's users, with the edit where the cause is plain. */
export function yamlFinding(problem: YAMLError, text: string): Finding {
  const [from, to] = problem.pos;
  const start = Math.min(from, text.length);
  const range = { start, end: Math.min(Math.max(to, start), text.length) };
  const finding = { code: "yaml-syntax", data: { yaml: problem.code } } as const;
  const value = STRUCTURAL.has(problem.code) ? unquotedValueAt(start, text) : null;
  if (value === null) return { ...finding, message: inWords(problem), range };
  const edit = quoted(value, text);
  const message = `This value holds ": ", which begins a map in YAML: quote the value`;
  return { ...finding, message, range: value, fix: { title: "Quote the value", edits: [edit] } };
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

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The value without quotes, on the line of a problem, that holds an expression with `: ` in it; null when there is none. */
function unquotedValueAt(offset: number, text: string): Span | null {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const lineEnd = text.indexOf("\n", lineStart);
  const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd);
  for (const { index, 0: expression } of line.matchAll(/\$\{\{.*?\}\}/g)) {
    if (!expression.includes(": ") || isQuoted(line.slice(0, index))) continue;
    const span =
      line.includes("{") && isInFlow(line.slice(0, index))
        ? [index, index + expression.length]
        : blockValue(line, index);
    return { start: lineStart + (span[0] ?? 0), end: lineStart + (span[1] ?? 0) };
  }
  return null;
}

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
function blockValue(line: string, index: number): readonly number[] {
  const key = /^\s*(?:- +)*(?:[^\s:#][^:#]*: +)?/.exec(line.slice(0, index))?.[0].length ?? index;
  return [key, line.trimEnd().length];
}

/** In single quotes, which take everything but themselves as it stands. */
function quoted({ start, end }: Span, text: string): TextEdit {
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
  [/^All sequence items must start at the same column/, "The items of one list must stand in one column"],
  [
    /^Flow (map|sequence) in block collection must be sufficiently indented/,
    "What is in brackets must be indented more than the key before it",
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
