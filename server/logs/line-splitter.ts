import { MAX_LINE_BYTES } from "./log-line.js";
import type { Mask } from "./mask.js";

const NEWLINE = 0x0a;
/** Bytes of UTF-8. */
const LONGEST_CHARACTER = 4;
const EMPTY = Buffer.alloc(0);

/**
 * Cuts the bytes of one stream into lines: UTF-8 repaired, secrets masked, a line beyond 64 KiB split. What has no end
 * yet is kept, at most one line's worth. Because a whole line is decoded and masked at once, neither a character nor a
 * secret is lost at the border of two chunks.
 */
export class LineSplitter {
  readonly #mask: Mask;
  #pending: Buffer = EMPTY;

  constructor(mask: Mask) {
    this.#mask = mask;
  }

  /** The lines that the chunk completes. */
  feed(chunk: Buffer): readonly string[] {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end < 0) {
      this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
      return this.#splitPending();
    }
    const head = chunk.subarray(0, end);
    const block = this.#pending.length === 0 ? head : Buffer.concat([this.#pending, head]);
    this.#pending = chunk.subarray(end + 1);
    const lines = this.#mask(block.toString("utf8")).split("\n").map(withoutReturn);
    return block.length <= MAX_LINE_BYTES ? lines : lines.flatMap(splitLongLine);
  }

  /** The last line, if the stream ended without a line break. */
  end(): readonly string[] {
    const rest = this.takePending();
    if (rest.length === 0) return [];
    return splitLongLine(withoutReturn(this.#mask(rest.toString("utf8"))));
  }

  /** Gives away the bytes of the unfinished line. */
  takePending(): Buffer {
    const pending = this.#pending;
    this.#pending = EMPTY;
    return pending;
  }

  /** A line that never ends must not fill the memory; what may be the beginning of a secret or a character stays back. */
  #splitPending(): readonly string[] {
    if (this.#pending.length <= MAX_LINE_BYTES + this.#mask.longestBytes + LONGEST_CHARACTER) return [];
    const whole = characterStart(this.#pending, this.#pending.length - LONGEST_CHARACTER);
    const masked = Buffer.from(this.#mask(this.#pending.toString("utf8", 0, whole)));
    const pieces = Math.floor((masked.length - this.#mask.longestBytes) / MAX_LINE_BYTES);
    if (pieces <= 0) return [];
    const cut = characterStart(masked, pieces * MAX_LINE_BYTES);
    this.#pending = Buffer.concat([masked.subarray(cut), this.#pending.subarray(whole)]);
    return splitLongLine(masked.toString("utf8", 0, cut));
  }
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

/** In pieces of at most 64 KiB, never inside a character. */
function splitLongLine(line: string): readonly string[] {
  if (line.length * 3 <= MAX_LINE_BYTES || Buffer.byteLength(line) <= MAX_LINE_BYTES) return [line];
  const bytes = Buffer.from(line);
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = characterStart(bytes, Math.min(start + MAX_LINE_BYTES, bytes.length));
    pieces.push(bytes.toString("utf8", start, end));
    start = end;
  }
  return pieces;
}

/** The last place at or before `index` where a character starts: its first byte is not `10xxxxxx`. */
function characterStart(bytes: Buffer, index: number): number {
  let start = index;
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  return start;
}
