import type { LayoutToken } from "../syntax/layout.js";
import { commentIndent, indentOf } from "./indent.js";
import { gapBetween } from "./gap.js";
import { blockLines, textLines } from "./scalar-text.js";

/** The text of a layout, with its white space in order; empty for no tokens. */
export function printLayout(tokens: readonly LayoutToken[]): string {
  const printer = new Printer();
  for (const [index, token] of tokens.entries()) printer.print(token, index, tokens);
  return printer.text();
}

/** A flow collection that is open. */
interface OpenFlow {
  /** Where its lines begin, and where its end stands when that begins a line. */
  readonly indent: number;
  readonly endIndent: number;
}

class Printer {
  readonly #lines: string[] = [];
  readonly #flows: OpenFlow[] = [];
  #line = "";
  #previous: LayoutToken | null = null;
  /** Of the current line: how far its first token was moved, and where the first one stands that is no `-`. */
  #shift = 0;
  #lineStart = 0;
  /** Where the comment stood and stands that ended the line before, or goes on one that did; others below it may go on with it. */
  #sideComment: { readonly column: number; readonly indent: number } | null = null;

  print(token: LayoutToken, index: number, tokens: readonly LayoutToken[]): void {
    const previous = this.#previous;
    this.#previous = token;
    if (token.kind === "block-text") return this.#printBlockText(token, previous);
    const beginsLine = previous === null || token.breaks > 0;
    if (beginsLine) this.#beginLine(token, index, tokens);
    else this.#line += " ".repeat(this.#gap(previous, token));
    this.#noteSideComment(token, beginsLine);
    if (token.kind !== "item" && previous?.kind === "item") this.#lineStart = this.#line.length;
    if (token.kind === "close") this.#flows.pop();
    this.#printText(token);
    if (token.kind === "open") this.#openFlow(token, tokens[index + 1]);
  }

  text(): string {
    if (this.#previous === null) return "";
    return `${[...this.#lines, this.#line].join("\n")}\n`;
  }

  #beginLine(token: LayoutToken, index: number, tokens: readonly LayoutToken[]): void {
    if (this.#previous !== null && index > 0) this.#endLine();
    if (index > 0 && token.breaks > 1) this.#lines.push("");
    const indent = this.#lineIndent(token, index, tokens);
    this.#line = " ".repeat(indent);
    this.#lineStart = indent;
    this.#shift = indent - token.column;
  }

  #lineIndent(token: LayoutToken, index: number, tokens: readonly LayoutToken[]): number {
    if (token.kind === "comment" && token.breaks === 1 && token.column === this.#sideComment?.column) {
      return this.#sideComment.indent;
    }
    const flow = this.#flows.at(-1);
    if (flow !== undefined) return token.kind === "close" ? flow.endIndent : flow.indent;
    if (token.kind !== "comment") return indentOf(token.block);
    return commentIndent(token, nextAfterComments(tokens, index));
  }

  #endLine(): void {
    this.#lines.push(this.#line);
    this.#line = "";
  }

  /** A comment at the end of a line keeps its column, so that comments in a row stay aligned. */
  #gap(previous: LayoutToken, token: LayoutToken): number {
    if (token.kind !== "comment") return gapBetween(previous, token);
    return token.gap <= 1 ? 1 : Math.max(1, token.column + this.#shift - this.#line.length);
  }

  #noteSideComment({ kind, column }: LayoutToken, beginsLine: boolean): void {
    const indent = this.#line.length;
    const isBelow = beginsLine && this.#sideComment?.indent === indent;
    this.#sideComment = kind === "comment" && (!beginsLine || isBelow) ? { column, indent } : null;
  }

  #printText(token: LayoutToken): void {
    const flow = this.#flows.at(-1);
    const [first = "", ...rest] = textLines(token, flow?.indent ?? indentOf(token.block));
    this.#line += first;
    for (const line of rest) {
      this.#endLine();
      this.#line = line;
    }
  }

  #printBlockText(token: LayoutToken, header: LayoutToken | null): void {
    this.#endLine();
    const lines = blockLines(token, header?.text ?? "");
    this.#lines.push(...lines.slice(0, -1));
    this.#line = lines.at(-1) ?? "";
  }

  #openFlow(token: LayoutToken, next: LayoutToken | undefined): void {
    const isBroken = next !== undefined && next.breaks > 0;
    const inside = this.#line.length + (token.text === "{" ? 1 : 0);
    this.#flows.push(
      isBroken
        ? { indent: this.#lineStart + 2, endIndent: this.#lineStart }
        : { indent: inside, endIndent: this.#line.length - 1 },
    );
  }
}

function nextAfterComments(tokens: readonly LayoutToken[], index: number): LayoutToken | undefined {
  let next = index;
  while (tokens[next]?.kind === "comment") next += 1;
  return tokens[next];
}
