import type { SeenExpression } from "@headwater/workflow/navigation";
import { EXPRESSION_FUNCTIONS } from "@headwater/workflow";
import type { Occurrence, SymbolKind } from "@headwater/workflow/navigation";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { ProjectFile } from "../workspace.js";

/** The kinds of tokens, in the order of their numbers. */
export const TOKEN_TYPES = [
  "namespace",
  "function",
  "parameter",
  "property",
  "variable",
  "interface",
  "event",
  "keyword",
  "string",
  "number",
  "operator",
  "macro",
] as const;

/** What stands where a name is given. */
export const TOKEN_MODIFIERS = ["declaration"] as const;

type TokenType = (typeof TOKEN_TYPES)[number];

const TYPES_OF_NAMES: Readonly<Record<SymbolKind, TokenType>> = {
  workflow: "namespace",
  step: "function",
  param: "parameter",
  output: "property",
  variable: "variable",
  template: "interface",
  input: "parameter",
  signal: "event",
  secret: "variable",
  permit: "variable",
  pool: "variable",
};

interface Token {
  readonly start: number;
  readonly end: number;
  readonly type: TokenType;
  readonly isDeclaration: boolean;
}

/**
 * Names wherever they stand, and the parts of expressions, also in block texts; what YAML itself is the editor colours. As the protocol
 * wants them: five numbers a token, lines and columns from the token before.
 */
export function semanticTokens({ project, path }: ProjectFile): number[] {
  const names = project.occurrences(path).map(tokenOfName);
  const taken = new Set(names.map(({ start }) => start));
  const parts = (project.model(path)?.expressions ?? []).flatMap(tokensOfExpression);
  const tokens = [...names, ...parts.filter(({ start }) => !taken.has(start))];
  return encoded(tokens, project.document(path));
}

function tokenOfName({ range, kind, role }: Occurrence): Token {
  return { ...range, type: TYPES_OF_NAMES[kind], isDeclaration: role === "definition" };
}

/** The words of CEL. `true`, `false`, `null` and `in` belong to it as keywords. */
const PART =
  /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null|in)\b|([A-Za-z_]\w*)|([!=<>]=|&&|\|\||[-+*/%<>!?:])/g;

function tokensOfExpression({ source, offset }: SeenExpression): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of source.matchAll(PART)) {
    const type = typeOfPart(match, source);
    const [whole] = match;
    // A part that is folded over two lines is no token of one.
    const [start, end] = [offset(match.index), offset(match.index + whole.length - 1) + 1];
    if (end - start === whole.length) tokens.push({ start, end, type, isDeclaration: false });
  }
  return tokens;
}

function typeOfPart(match: RegExpExecArray, source: string): TokenType {
  const [whole, text, digits, keyword, name] = match;
  if (text !== undefined) return "string";
  if (digits !== undefined) return "number";
  if (keyword !== undefined) return "keyword";
  if (name === undefined) return "operator";
  const isCall = /^\s*\(/.test(source.slice(match.index + whole.length));
  if (isCall) return EXPRESSION_FUNCTIONS.some((known) => known.name === name) ? "function" : "macro";
  return source[match.index - 1] === "." ? "property" : "variable";
}

function encoded(tokens: readonly Token[], document: TextDocument): number[] {
  const numbers: number[] = [];
  let last = { line: 0, character: 0 };
  let end = 0;
  for (const token of tokens.toSorted((a, b) => a.start - b.start)) {
    if (token.start < end) continue;
    end = token.end;
    const at = document.positionAt(token.start);
    const isSameLine = at.line === last.line;
    numbers.push(
      at.line - last.line,
      isSameLine ? at.character - last.character : at.character,
      token.end - token.start,
      TOKEN_TYPES.indexOf(token.type),
      token.isDeclaration ? 1 : 0,
    );
    last = at;
  }
  return numbers;
}
