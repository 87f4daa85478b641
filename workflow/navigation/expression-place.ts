import type { TextRange } from "../diagnostics/diagnostic.js";

/** Where an author is writing inside of one expression, told by its characters alone: it need not be one yet. */
export interface ExpressionPlace {
  /** The name at the place, on both sides of it. */
  readonly word: TextRange;
  /** The part of it up to the place. */
  readonly prefix: string;
  /** What stands before its dot, such as `steps.load`; null for a name that follows none. */
  readonly receiver: string | null;
  /** The calls around it, outer first. */
  readonly calls: readonly OpenCall[];
  /** In a quoted text or a comment, where names are words. */
  readonly isInText: boolean;
}

/** A call whose brackets are open. */
export interface OpenCall {
  readonly name: string;
  /** What it is called on; null for a function that is called on nothing. */
  readonly receiver: string | null;
  /** Which argument is being written, from 0. */
  readonly argument: number;
  /** Its first argument where that is a name alone: what a macro calls an element. */
  readonly variable: string | null;
}

/** The place at an offset of an expression's source. */
export function expressionPlaceAt(source: string, at: number): ExpressionPlace {
  const tokens = tokensBefore(source, at);
  const last = tokens.at(-1);
  const isInText = last !== undefined && last.kind === "open text";
  const isWord = last?.kind === "name" && last.end === at;
  const start = isWord ? last.start : at;
  const before = isWord ? tokens.slice(0, -1) : tokens;
  return {
    word: { start, end: wordEnd(source, at) },
    prefix: source.slice(start, at),
    receiver: isDot(before.at(-1)) ? operandBefore(source, before, before.length - 1) : null,
    calls: isInText ? [] : openCalls(source, before),
    isInText,
  };
}

/** Longer than any expression may be. */
const SOURCE_LENGTH_MAX = 10_000;

interface Token {
  readonly kind: "name" | "sign" | "value" | "open text";
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const TOKEN =
  /\s+|\/\/[^\n]*|[bBrR]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*(?:"|$)?|'(?:\\.|[^'\\\n])*(?:'|$)?)|[A-Za-z_]\w*|\d[\w.]*|\.\?|&&|\|\||[^]/gy;

function tokensBefore(source: string, at: number): readonly Token[] {
  const text = source.slice(Math.max(0, at - SOURCE_LENGTH_MAX), at);
  const shift = at - text.length;
  const tokens: Token[] = [];
  for (const { 0: written, index } of text.matchAll(TOKEN)) {
    const kind = kindOf(written, index + written.length === text.length);
    if (kind !== null)
      tokens.push({ kind, text: written, start: shift + index, end: shift + index + written.length });
  }
  return tokens;
}

function kindOf(written: string, isLast: boolean): Token["kind"] | null {
  if (/^\s/.test(written)) return null;
  if (written.startsWith("//")) return isLast ? "open text" : null;
  const quoted = /^[bBrR]{0,2}("""|'''|"|')/.exec(written);
  if (quoted?.[1] !== undefined)
    return isLast && !isClosed(written, quoted[0], quoted[1]) ? "open text" : "value";
  if (/^[A-Za-z_]/.test(written)) return "name";
  return /^\d/.test(written) ? "value" : "sign";
}

function isClosed(written: string, opening: string, quote: string): boolean {
  return written.length >= opening.length + quote.length && written.endsWith(quote);
}

function isDot(token: Token | undefined): boolean {
  return token?.kind === "sign" && (token.text === "." || token.text === ".?");
}

/** The text of the operand that ends before the token at an index; null when none does. */
function operandBefore(source: string, tokens: readonly Token[], index: number): string | null {
  const start = operandStart(tokens, index - 1);
  const first = tokens[start];
  const last = tokens[index - 1];
  return first === undefined || last === undefined ? null : source.slice(first.start, last.end);
}

function operandStart(tokens: readonly Token[], end: number): number {
  let at = primaryStart(tokens, end);
  while (isDot(tokens[at - 1])) at = primaryStart(tokens, at - 2);
  return at;
}

/** Where the name, value, call or indexed part begins that ends with the token at an index; behind it when none does. */
function primaryStart(tokens: readonly Token[], end: number): number {
  const token = tokens[end];
  if (token === undefined) return end + 1;
  if (token.kind !== "sign") return end;
  const opening = openingOf(tokens, end);
  if (opening === null) return end + 1;
  const before = tokens[opening - 1];
  if (token.text === "]" && isOperandEnd(before)) return primaryStart(tokens, opening - 1);
  return token.text === ")" && before?.kind === "name" ? opening - 1 : opening;
}

function isOperandEnd(token: Token | undefined): boolean {
  return token !== undefined && (token.kind !== "sign" || token.text === ")" || token.text === "]");
}

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

function openingOf(tokens: readonly Token[], closing: number): number | null {
  let depth = 0;
  for (let at = closing; at >= 0; at -= 1) {
    const token = tokens[at];
    if (token?.kind !== "sign") continue;
    if (")]}".includes(token.text)) depth += 1;
    else if ("([{".includes(token.text)) depth -= 1;
    if (depth <= 0) return at === closing ? null : at;
  }
  return null;
}

function openCalls(source: string, tokens: readonly Token[]): readonly OpenCall[] {
  const open: { readonly at: number; readonly closing: string; argument: number }[] = [];
  for (const [at, { kind, text }] of tokens.entries()) {
    if (kind !== "sign") continue;
    const closing = CLOSING[text];
    const last = open.at(-1);
    if (closing !== undefined) open.push({ at, closing, argument: 0 });
    else if (last !== undefined && text === last.closing) open.pop();
    else if (last !== undefined && text === ",") last.argument += 1;
  }
  return open.flatMap(({ at, closing, argument }) => {
    const name = tokens[at - 1];
    if (closing !== ")" || name?.kind !== "name") return [];
    const receiver = isDot(tokens[at - 2]) ? operandBefore(source, tokens, at - 2) : null;
    const [first, second] = [tokens[at + 1], tokens[at + 2]];
    const variable = first?.kind === "name" && second?.text === "," ? first.text : null;
    return [{ name: name.text, receiver, argument, variable }];
  });
}

function wordEnd(source: string, at: number): number {
  let end = at;
  while (/\w/.test(source[end] ?? "")) end += 1;
  return end;
}
