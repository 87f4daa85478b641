import { isLfsPointer } from "./git-lfs.js";
import { Composer, Lexer, Parser, type CST, type YAMLError } from "yaml";

import type { Report } from "../diagnostics/report.js";
import type { SyntaxNode } from "./syntax-node.js";
import { treeOfEvents } from "./tree-of-events.js";
import { treeOfLines } from "./tree-of-lines.js";
import { treeOfNodes } from "./tree-of-nodes.js";
import { decodeUtf8 } from "./utf8.js";
import { isStructural, tagFinding, yamlFinding } from "./yaml-problem.js";

/** The text of a file and what YAML makes of it. */
export interface ParsedFile extends ParsedText {
  readonly text: string;
}

export interface ParsedText {
  /** Null for an empty or a hopeless text. */
  readonly root: SyntaxNode | null;
  /**
   * Where the text ceases to be what its author meant: the line of an error that changes what all of the rest is. Null when
   * nothing does.
   */
  readonly brokenAt: number | null;
}

/** The limit of the language for one file. */
export const FILE_BYTES_MAX = 256 * 1024;

/**
 * Open collections of the parser at once. The YAML library composes recursively and can abort the process on text nested
 * 1,000 deep, so this is asked of its iterative parser, before composing. A workflow nests 10 deep in steps, each of
 * which takes up to three collections.
 */
const PARSER_DEPTH_MAX = 200;

/** Reads a YAML file, whatever the bytes: what is wrong is reported, what can be read is kept. Never throws. */
export function parseYamlFile(bytes: Uint8Array, report: Report): ParsedFile {
  const start = { start: 0, end: 0 };
  if (bytes.length > FILE_BYTES_MAX) {
    const size = `${Math.ceil(bytes.length / 1024)} KiB`;
    report({ code: "file-too-large", message: `The file is ${size}, the limit is 256 KiB`, range: start });
    return { text: "", root: null, brokenAt: null };
  }
  if (isLfsPointer(bytes)) {
    const message =
      "This file is kept by Git LFS, and only its pointer is in Git. Keep workflows in Git itself: git lfs untrack, then add it again";
    report({ code: "file-in-git-lfs", message, range: start });
    return { text: "", root: null, brokenAt: null };
  }
  const decoded = decodeUtf8(bytes);
  if ("invalidAt" in decoded) {
    const message = `The file is not UTF-8: byte ${decoded.invalidAt} begins no character. Save it as UTF-8`;
    report({ code: "file-not-utf8", message, range: start });
    return { text: "", root: null, brokenAt: null };
  }
  return { text: decoded.text, ...parseYamlText(decoded.text, report) };
}

/** The same for a text that is already one. */
export function parseYamlText(text: string, report: Report): ParsedText {
  const root = treeOfLines(text) ?? treeOfEvents(text);
  return root === null ? parseThoroughly(text, report) : { root, brokenAt: null };
}

/** The tree by the library that goes on after errors: of an equal text an equal tree, and of any other the best that there is. */
export function parseThoroughly(text: string, report: Report): ParsedText {
  const guarded = guardedTokens(text, report);
  if (guarded === null) return NOTHING;
  const { tokens, openQuoteAt } = guarded;
  const composer = new Composer({ uniqueKeys: false, logLevel: "silent", resolveKnownTags: false });
  const [document, second] = composer.compose(tokens, true, text.length);
  if (document === undefined) return NOTHING;
  reportUnprintable(text, report);
  const brokenAt = reportYamlErrors(document.errors, { text, openQuoteAt }, report);
  for (const tag of document.warnings.filter(isTag).slice(0, ERRORS_REPORTED_MAX)) {
    if (brokenAt === null || tag.pos[0] < brokenAt) report(tagFinding(tag, text));
  }
  if (second !== undefined && brokenAt === null) {
    const range = { start: second.range[0], end: Math.min(second.range[0] + 3, text.length) };
    report({
      code: "yaml-syntax",
      message: "A file holds one YAML document; everything from here on is ignored",
      range,
    });
  }
  const root =
    document.contents === null ? null : treeOfNodes(document.contents, text, before(brokenAt, report));
  return { root, brokenAt };
}

/** Only what stands before a place; everything when that is null. */
function before(place: number | null, report: Report): Report {
  if (place === null) return report;
  return (finding) => {
    if (finding.range.start < place) report(finding);
  };
}

const NOTHING: ParsedText = { root: null, brokenAt: null };

function isTag({ code }: YAMLError): boolean {
  return code === "TAG_RESOLVE_FAILED";
}

/** More than a person reads of one file. */
const ERRORS_REPORTED_MAX = 100;

/** Tokens outside of the first document's content, each of which is an error that the library makes with its stack. */
const STRAY_TOKENS_MAX = 1000;

/** The tokens of the iterative parser; null, and reported, when they nest too deep for the recursive composer. */
function guardedTokens(text: string, report: Report): GuardedTokens | null {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let offset = 0;
  let strays = 0;
  let before = "";
  let openQuoteAt: number | null = null;
  for (const lexeme of new Lexer().lex(text)) {
    if (openQuoteAt === null && before !== TEXT_FOLLOWS && isOpenQuote(lexeme)) openQuoteAt = offset;
    before = lexeme;
    for (const token of parser.next(lexeme)) {
      tokens.push(token);
      if (!BLANK_TOKENS.has(token.type)) strays += 1;
    }
    // So many are told of; the rest of such a text would only cost time.
    if (strays > STRAY_TOKENS_MAX) return { tokens, openQuoteAt };
    if (parser.stack.length > PARSER_DEPTH_MAX) {
      const range = { start: Math.min(offset, text.length), end: Math.min(offset + 1, text.length) };
      report({
        code: "yaml-too-deep",
        message: `The YAML nests deeper than ${PARSER_DEPTH_MAX} levels here`,
        range,
      });
      return null;
    }
    offset = parser.offset;
  }
  for (const token of parser.end()) tokens.push(token);
  return { tokens, openQuoteAt };
}

interface GuardedTokens {
  readonly tokens: readonly CST.Token[];
  /** Where the first quote is that nothing closes. */
  readonly openQuoteAt: number | null;
}

/** The lexer's mark before a text that is not quoted. */
const TEXT_FOLLOWS = "\u001f";

function isOpenQuote(lexeme: string): boolean {
  const quote = lexeme.charAt(0);
  return (quote === '"' || quote === "'") && (lexeme.length === 1 || !lexeme.endsWith(quote));
}

const BLANK_TOKENS: ReadonlySet<string> = new Set(["space", "comment", "newline"]);

/** The library takes control characters for letters; no script or request that they get into does. */
function reportUnprintable(text: string, report: Report): void {
  const at = text.search(UNPRINTABLE);
  if (at < 0) return;
  const point = (text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const message = `The control character U+${point} may not stand in YAML: remove it, or write it as an escape in double quotes`;
  report({ code: "yaml-syntax", message, range: { start: at, end: at + 1 } });
}

/** Control characters but tab, line ends and NEL (YAML 1.2.2, section 5.1). */
const UNPRINTABLE = /[^\P{Cc}\t\n\r\u0085]/u;

/** Up to the first that changes what all of the rest is: where that begins, or null. */
function reportYamlErrors(
  errors: readonly YAMLError[],
  { text, openQuoteAt }: { readonly text: string; readonly openQuoteAt: number | null },
  report: Report,
): number | null {
  for (const problem of errors.slice(0, ERRORS_REPORTED_MAX)) {
    const finding = isTag(problem) ? tagFinding(problem, text) : yamlFinding(problem, text, openQuoteAt);
    report(finding);
    if (isStructural(problem)) return text.lastIndexOf("\n", finding.range.start - 1) + 1;
  }
  return null;
}
