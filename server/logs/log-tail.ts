import { LineSplitter } from "./line-splitter.js";
import { linePrefix, type LogStream } from "./log-line.js";
import type { Mask } from "./mask.js";

/** Bytes as they came, not yet cut into lines. */
export interface LogSegment {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly stream: LogStream;
  readonly bytes: Buffer;
}

export interface TailLine {
  readonly time: number;
  readonly stream: LogStream;
  readonly text: string;
}

/** Enough raw bytes that the formatted end is full, and one line of full length more. */
const KEPT_BYTES = 128 * 1024;
const MOST_DEAD_SEGMENTS = 1024;
const NEWLINE = 0x0a;

/**
 * The end of a log that is too long: the last segments as they came, cut into lines only when the attempt has ended, so that
 * dropping costs next to nothing.
 */
export class LogTail {
  readonly #mask: Mask;
  #segments: LogSegment[] = [];
  /** Those before it are dropped already. */
  #first = 0;
  #keptBytes = 0;
  #droppedBytes = 0;
  /** Streams whose first kept bytes are the rest of a line that was dropped: half a line may be half a secret. */
  readonly #beheaded = new Set<LogStream>();

  constructor(mask: Mask) {
    this.#mask = mask;
  }

  push(segment: LogSegment): void {
    if (segment.bytes.length === 0) return;
    this.#segments.push(segment);
    this.#keptBytes += segment.bytes.length;
    for (let first = this.#segments[this.#first]; first !== undefined; first = this.#segments[this.#first]) {
      if (this.#keptBytes - first.bytes.length < KEPT_BYTES) break;
      this.#drop(first);
      this.#first += 1;
    }
    // Cut rarely: a script that writes byte by byte makes many segments.
    if (this.#first > MOST_DEAD_SEGMENTS && this.#first * 2 > this.#segments.length) {
      this.#segments = this.#segments.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The last lines whose formatted size is at most `maxBytes`, and how many bytes before them are lost. */
  end(maxBytes: number): { readonly droppedBytes: number; readonly lines: readonly TailLine[] } {
    const all = this.#lines();
    let first = all.length;
    for (let size = 0; first > 0; first -= 1) {
      const line = all[first - 1];
      if (line === undefined) break;
      size += Buffer.byteLength(linePrefix(line.time, line.stream)) + Buffer.byteLength(line.text) + 1;
      if (size > maxBytes) break;
    }
    for (const line of all.slice(0, first)) this.#droppedBytes += Buffer.byteLength(line.text) + 1;
    return { droppedBytes: this.#droppedBytes, lines: all.slice(first) };
  }

  #drop(segment: LogSegment): void {
    this.#keptBytes -= segment.bytes.length;
    this.#droppedBytes += segment.bytes.length;
    if (segment.bytes.at(-1) === NEWLINE) this.#beheaded.delete(segment.stream);
    else this.#beheaded.add(segment.stream);
  }

  #lines(): readonly TailLine[] {
    const splitters = new Map<LogStream, LineSplitter>();
    const lines: TailLine[] = [];
    let last: LogSegment | null = null;
    for (const segment of this.#segments.slice(this.#first)) {
      const splitter = splitters.get(segment.stream) ?? new LineSplitter(this.#mask);
      splitters.set(segment.stream, splitter);
      for (const text of splitter.feed(this.#behead(segment))) lines.push({ ...segment, text });
      last = segment;
    }
    for (const [stream, splitter] of splitters) {
      for (const text of splitter.end()) lines.push({ time: last?.time ?? 0, stream, text });
    }
    return lines;
  }

  #behead({ stream, bytes }: LogSegment): Buffer {
    if (!this.#beheaded.has(stream)) return bytes;
    const end = bytes.indexOf(NEWLINE);
    const cut = end < 0 ? bytes.length : end + 1;
    this.#droppedBytes += cut;
    if (end >= 0) this.#beheaded.delete(stream);
    return bytes.subarray(cut);
  }
}
