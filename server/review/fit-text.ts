import { tellsAll } from "./check-page.js";

const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** A text of so many bytes of UTF-8 at most: cut between two characters, never within one, and said so. */
export function fitText(text: string, bytesMax: number): string {
  const cut = cutIn(tellsAll(null));
  return fitsIn(text, bytesMax) ? text : headOf(text, bytesMax - byteLength(cut)) + cut;
}

/**
 * The same of Markdown: cut between two lines, because half a line may be other markup than the whole one, with its fence closed.
 * @param rest who tells the rest
 */
export function fitMarkdown(text: string, bytesMax: number, rest = tellsAll(null)): string {
  if (fitsIn(text, bytesMax)) return text;
  const cut = cutIn(rest);
  const head = headOf(text, bytesMax - byteLength(cut));
  const lines = head.slice(0, Math.max(head.lastIndexOf("\n"), 0)).split("\n");
  // The end of a fence needs room as well: lines go until both have it.
  for (; lines.length > 0; lines.pop()) {
    const whole = (lines.join("\n") + closingOf(lines) + cut).trimStart();
    if (fitsIn(whole, bytesMax)) return whole;
  }
  return cut.trimStart();
}

function cutIn(rest: string): string {
  return `\n\n… there was no room for the rest: ${rest}.`;
}

/** Source: https://spec.commonmark.org/0.31.2/#fenced-code-blocks */
function closingOf(lines: readonly string[]): string {
  let open: string | null = null;
  for (const line of lines) {
    const fence = FENCE.exec(line)?.[1];
    if (fence === undefined) continue;
    if (open === null) open = fence;
    else if (fence.startsWith(open) && line.trim() === fence) open = null;
  }
  return open === null ? "" : `\n${open}`;
}

function headOf(text: string, bytesMax: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(Math.max(bytesMax, 0)));
  return text.slice(0, read);
}

function fitsIn(text: string, bytesMax: number): boolean {
  return byteLength(text) <= bytesMax;
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}
