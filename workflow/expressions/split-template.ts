/** A piece of a text with `${{ … }}` in it; offsets are into the whole text. */
export type TemplatePart =
  | { readonly kind: "text"; readonly text: string; readonly start: number; readonly end: number }
  | {
      readonly kind: "expression";
      /** What stands between the braces, without the white space around it; `start` and `end` enclose just this. */
      readonly source: string;
      readonly start: number;
      readonly end: number;
    };

export interface TemplateProblem {
  readonly code: "expression-unclosed" | "expression-empty";
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

export interface SplitTemplate {
  readonly parts: readonly TemplatePart[];
  readonly problems: readonly TemplateProblem[];
}

const OPENING = "${{";
const CLOSING = "}}";

/** Takes a text apart into plain text and expressions. What cannot be read as an expression is text and a problem. */
export function splitTemplate(text: string): SplitTemplate {
  const parts: TemplatePart[] = [];
  const problems: TemplateProblem[] = [];
  let done = 0;
  for (let open = text.indexOf(OPENING); open >= 0; open = text.indexOf(OPENING, done)) {
    const bodyStart = open + OPENING.length;
    const close = findClosing(text, bodyStart);
    if (close < 0) {
      const message = `Expression is not closed: write "}}" after it`;
      problems.push({ code: "expression-unclosed", message, start: open, end: text.length });
      break;
    }
    const part = expressionPart(text, bodyStart, close);
    if (part.source === "") {
      const message = `Expression is empty: write one between "\${{" and "}}"`;
      problems.push({ code: "expression-empty", message, start: open, end: close + CLOSING.length });
    }
    pushText(parts, { text, start: done, end: open });
    parts.push(part);
    done = close + CLOSING.length;
  }
  pushText(parts, { text, start: done, end: text.length });
  return { parts, problems };
}

/** The first `}}` that is neither inside quotes nor closes two maps that were opened; -1 when there is none. */
export function findClosing(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"' || character === "'") {
      at = skipQuoted(text, at);
    } else if (character === "{") {
      depth += 1;
    } else if (character === "}") {
      if (depth === 0 && text[at + 1] === "}") return at;
      depth = Math.max(0, depth - 1);
    }
  }
  return -1;
}

/** Where the quoted text that starts at `at` ends: its last quote, or the end of everything. */
function skipQuoted(text: string, at: number): number {
  const quote = text[at] ?? "";
  const isRaw = /[rR]/.test(text[at - 1] ?? "") && !/\w/.test(text[at - 2] ?? "");
  const fence = text.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
  for (let next = at + fence.length; next < text.length; next += 1) {
    if (text[next] === "\\" && !isRaw) next += 1;
    else if (text.startsWith(fence, next)) return next + fence.length - 1;
  }
  return text.length;
}

function expressionPart(text: string, start: number, end: number): TemplatePart & { kind: "expression" } {
  const body = text.slice(start, end);
  const source = body.trim();
  const sourceStart = start + (source === "" ? 0 : body.indexOf(source));
  return { kind: "expression", source, start: sourceStart, end: sourceStart + source.length };
}

function pushText(parts: TemplatePart[], piece: { text: string; start: number; end: number }): void {
  const { text, start, end } = piece;
  if (end > start) parts.push({ kind: "text", text: text.slice(start, end), start, end });
}
