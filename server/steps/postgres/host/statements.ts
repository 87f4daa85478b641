import type { Json } from "@headwater/workflow";
import { missingParam } from "../../databases/query-problem.js";

/** One statement of a query, cut where it names a param. */
export type Statement = readonly (string | { readonly param: string })[];

/** A statement as the server takes it. */
export interface BoundStatement {
  readonly text: string;
  readonly values: readonly (string | null)[];
}

/**
 * What decides where a statement ends and where it names a param. Source: PostgreSQL's Lexical Structure, 4.1.
 * In order: comments, texts with escapes, which go on in a later line, other texts, names in quotes, texts between dollars, params, words, the end.
 */
const TOKEN =
  /(?<line>--[^\n]*)|(?<opening>\/\*)|[eE]'(?:[^'\\]|\\[^]|'')*(?:'|$)(?:(?:[ \t\f\v\r]|--[^\n]*)*\n(?:\s|--[^\n]*\n)*'(?:[^'\\]|\\[^]|'')*(?:'|$))*|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|(?<dollar>\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)[^]*?(?:\k<dollar>|$)|(?<param>\$\w+)|(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(?<end>;)/g;

/** The statements of a query; what is empty, or nothing but comments, is none. */
export function splitStatements(query: string): readonly Statement[] {
  const statements: Statement[] = [];
  const body = new BodyOfRoutine();
  let parts: (string | { readonly param: string })[] = [];
  let hasCode = false;
  for (const { kind, text } of tokensOf(query)) {
    if (kind === "end" && !body.isOpen) {
      if (hasCode) statements.push(parts);
      [parts, hasCode] = [[], false];
      body.reset();
      continue;
    }
    if (kind === "word") body.read(text.toLowerCase());
    parts.push(kind === "param" ? { param: text.slice(1) } : text);
    hasCode ||= kind !== "comment" && text.trim() !== "";
  }
  if (hasCode) statements.push(parts);
  return statements;
}

interface Token {
  readonly kind: "comment" | "param" | "word" | "end" | "other";
  readonly text: string;
}

/** @yields all of a query, cut into what decides and what is between */
function* tokensOf(query: string): Generator<Token> {
  const token = new RegExp(TOKEN);
  for (let from = 0; from < query.length;) {
    token.lastIndex = from;
    const found = token.exec(query);
    const start = found?.index ?? query.length;
    if (start > from) yield { kind: "other", text: query.slice(from, start) };
    if (found === null) return;
    from = found.groups?.["opening"] === undefined ? token.lastIndex : endOfComment(query, start);
    yield { kind: kindOf(found), text: query.slice(start, from) };
  }
}

function kindOf({ groups = {} }: RegExpExecArray): Token["kind"] {
  if (groups["line"] !== undefined || groups["opening"] !== undefined) return "comment";
  if (groups["param"] !== undefined) return "param";
  if (groups["word"] !== undefined) return "word";
  return groups["end"] === undefined ? "other" : "end";
}

/** Each place gets a parameter of its own, typed as the literal that would stand there. @throws QueryProblem */
export function bindStatement(statement: Statement, params: Readonly<Record<string, Json>>): BoundStatement {
  const values: (string | null)[] = [];
  const texts = statement.map((part) => {
    if (typeof part === "string") return part;
    const value = Object.hasOwn(params, part.param) ? params[part.param] : undefined;
    if (value === undefined) throw missingParam(part.param, Object.keys(params));
    values.push(parameterText(value));
    return `$${values.length}${literalType(value)}`;
  });
  return { text: texts.join("").trim(), values };
}

const INT4_MAX = 2 ** 31 - 1;

/** As PostgreSQL types literals: 4.1.2. A text is of the type that its place asks for. */
function literalType(value: Json): string {
  if (typeof value === "boolean") return "::bool";
  if (typeof value !== "number") return "";
  if (!Number.isSafeInteger(value)) return "::numeric";
  return Math.abs(value) <= INT4_MAX ? "::int4" : "::int8";
}

/** Lists as arrays of PostgreSQL, maps as JSON. */
function parameterText(value: Json): string | null {
  if (value === null || typeof value === "string") return value;
  return isList(value) ? arrayText(value) : JSON.stringify(value);
}

function arrayText(items: readonly Json[]): string {
  const texts = items.map((item) => {
    if (item === null) return "NULL";
    if (isList(item)) return arrayText(item);
    const text = typeof item === "string" ? item : JSON.stringify(item);
    return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
  });
  return `{${texts.join(",")}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Comments of PostgreSQL hold others. */
function endOfComment(query: string, start: number): number {
  const sign = /\/\*|\*\//g;
  sign.lastIndex = start;
  for (let depth = 0; ;) {
    const found = sign.exec(query);
    if (found === null) return query.length;
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return sign.lastIndex;
  }
}

/** The body of a function that is written in SQL itself, `BEGIN ATOMIC … END`, holds statements of its own. Source: psql's lexer. */
class BodyOfRoutine {
  #words: string[] = [];
  #depth = 0;

  get isOpen(): boolean {
    return this.#depth > 0;
  }

  reset(): void {
    this.#words = [];
    this.#depth = 0;
  }

  read(word: string): void {
    if (this.#words.length < 4) this.#words.push(word);
    if (!/^create (?:or replace )?(?:function|procedure)\b/.test(this.#words.join(" "))) return;
    if (word === "begin" || (word === "case" && this.isOpen)) this.#depth += 1;
    else if (word === "end" && this.isOpen) this.#depth -= 1;
  }
}
