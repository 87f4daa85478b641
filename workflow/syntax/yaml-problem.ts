import type { YAMLError } from "yaml";
import type { TextRange } from "../diagnostics/diagnostic.js";
import type { Finding } from "../diagnostics/report.js";
import { negationAt, unquotedValueAt, type UnquotedValue } from "./unquoted-value.js";

/**
 * What the YAML library has found, as a finding in the words of YAML's users, with the edit where the cause is plain. The
 * library tells of a quote that is not closed where the text ends: `openQuoteAt` is where it begins.
 */
export function yamlFinding(problem: YAMLError, text: string, openQuoteAt: number | null): Finding {
  const [from, to] = problem.pos;
  const start = Math.min(from, text.length);
  const finding = { code: "yaml-syntax", data: { yaml: problem.code } } as const;
  const value = IN_A_VALUE.has(problem.code) ? unquotedValueAt(start, problem, text) : null;
  if (value !== null) return { ...finding, ...quoting(value, text) };
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
  const negation = negationAt(start, text);
  if (negation !== null) return { code: "yaml-tag", ...quoting(negation, text) };
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
  "TAB_AS_INDENT",
  "UNEXPECTED_TOKEN",
]);

const IN_A_VALUE: ReadonlySet<string> = new Set([...STRUCTURAL, "BAD_ALIAS", "BAD_SCALAR_START"]);

function quoting(
  { range, message, newText }: UnquotedValue,
  text: string,
): Pick<Finding, "message" | "range" | "fix"> {
  if (newText === null) return { message, range };
  const edits = [{ range, newText: newText ?? quoted(text.slice(range.start, range.end)) }];
  return { message, range, fix: { title: "Quote the value", edits } };
}

/** In single quotes, which take everything but themselves as it stands. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
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
  [
    /^Unexpected [\w-]+ at node end/,
    "A value ends before this: quote all of it if it goes on, or put a comma or a line end between the two",
  ],
  [
    /^Unexpected [\w-]+ on same line with key/,
    "A list cannot begin here: put it on lines of its own, or in [ ]",
  ],
  [
    /^Block scalar header includes extra characters/,
    "Behind | or > the line ends: quote a text that begins so",
  ],
  [/^Unexpected [\w-]*scalar token/, "A comma or a line end is missing before this"],
  [/^Tabs are not allowed as indentation/, "Tabs are not allowed as indentation: write spaces"],
  [/^Unexpected flow-map-start token/, 'A "{" has no place here: quote a text that begins with it'],
  [/^Unexpected flow-map-end token/, 'A "}" closes nothing here'],
  [/^Unexpected flow-seq-start token/, 'A "[" has no place here: quote a text that begins with it'],
  [/^Unexpected flow-seq-end token/, 'A "]" closes nothing here'],
];

function inWords(problem: YAMLError): string {
  const message = problem.message.replace(/ at line \d+, column \d+[\s\S]*$/, "").replace(/[.:]\s*$/, "");
  return WORDS.find(([pattern]) => pattern.test(message))?.[1] ?? message;
}
