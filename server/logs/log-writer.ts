import { LogFile } from "./log-file.js";
import { LineSplitter } from "./line-splitter.js";
import { formatLogLine, type LogStream } from "./log-line.js";
import { LogTail } from "./log-tail.js";
import { createMask, type Mask } from "./mask.js";

export interface LogWriterOptions {
  readonly file: string;
  /** The head is kept up to this minus 64 KiB, then the last 64 KiB; between them a line says what was dropped. */
  readonly maxBytes: number;
  /** Values that must not appear in the log. */
  readonly masks: readonly string[];
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** What the end of a long log may take. */
const TAIL_BYTES = 64 * 1024;
const STREAMS = ["out", "err"] as const;

/**
 * Writes the log of one attempt. It writes synchronously, because it belongs to small processes that do nothing else, so that its
 * memory is one chunk and the tail, however fast the attempt talks. The file is made at the first line: an attempt
 * that says nothing costs nothing. A full disk does not stop the attempt: what cannot be written is lost, the pipe keeps draining.
 *
 *     head ──(a line does not fit)──► tail ──end()──► closed
 */
export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #mask: Mask;
  readonly #file: LogFile;
  readonly #splitters: Readonly<Record<"out" | "err", LineSplitter>>;
  #writtenBytes = 0;
  #tail: LogTail | null = null;
  #lastErrorLine = "";

  constructor(options: LogWriterOptions) {
    this.#options = options;
    this.#file = new LogFile({ path: options.file, now: options.now });
    this.#mask = createMask(options.masks);
    this.#splitters = { out: new LineSplitter(this.#mask), err: new LineSplitter(this.#mask) };
  }

  /** The last line of standard error that says something, masked. */
  get lastErrorLine(): string {
    return this.#lastErrorLine;
  }

  write(stream: "out" | "err", chunk: Buffer): void {
    if (this.#tail !== null) return this.#tail.push({ time: this.#options.now(), stream, bytes: chunk });
    this.#writeHead(stream, this.#splitters[stream].feed(chunk));
  }

  /** A line of Headwater's own. */
  writeLine(stream: LogStream, text: string): void {
    if (this.#tail === null) return this.#writeHead(stream, [this.#mask(text)]);
    this.#tail.push({ time: this.#options.now(), stream, bytes: Buffer.from(`${text}\n`) });
  }

  /** Writes what is left and closes the file; idempotent. */
  end(): void {
    this.#file.retrySoon();
    for (const stream of STREAMS)
      this.#writeHead(stream, this.#tail === null ? this.#splitters[stream].end() : []);
    this.#writeTail();
    this.#file.close();
  }

  /** Adds a line of Headwater's own, at this moment's place among the others. */
  note(text: string): void {
    const now = this.#options.now();
    if (this.#tail !== null) this.#tail.push({ time: now, stream: "sys", bytes: Buffer.from(`${text}\n`) });
    else this.#append(formatLogLine(now, "sys", text), 0);
  }

  #writeHead(stream: LogStream, lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#remember(stream, lines);
    const now = this.#options.now();
    const text = formatLogLine(now, stream, lines.join("\n"));
    const size = Buffer.byteLength(text);
    if (this.#writtenBytes + size <= this.#headBytes) return this.#append(text, size);
    this.#startTail(now, stream, lines);
  }

  get #headBytes(): number {
    return Math.max(0, this.#options.maxBytes - TAIL_BYTES);
  }

  /** The lines that still fit go to the head; the rest, and what the splitters hold, begins the tail. */
  #startTail(now: number, stream: LogStream, lines: readonly string[]): void {
    let fitting = 0;
    for (const line of lines) {
      const text = formatLogLine(now, stream, line);
      const size = Buffer.byteLength(text);
      if (this.#writtenBytes + size > this.#headBytes) break;
      this.#append(text, size);
      fitting += 1;
    }
    this.#tail = new LogTail(this.#mask);
    this.#tail.push({ time: now, stream, bytes: Buffer.from(`${lines.slice(fitting).join("\n")}\n`) });
    for (const each of STREAMS) {
      this.#tail.push({ time: now, stream: each, bytes: this.#splitters[each].takePending() });
    }
  }

  #writeTail(): void {
    if (this.#tail === null) return;
    const { droppedBytes, lines } = this.#tail.end(TAIL_BYTES);
    this.#tail = null;
    if (droppedBytes > 0) {
      const notice = `dropped ${droppedBytes} bytes here: the log is longer than its limit of ${this.#options.maxBytes} bytes`;
      this.#append(formatLogLine(this.#options.now(), "sys", notice), 0);
    }
    for (const line of lines) {
      this.#remember(line.stream, [line.text]);
    }
    this.#append(lines.map((line) => formatLogLine(line.time, line.stream, line.text)).join(""), 0);
  }

  #remember(stream: LogStream, lines: readonly string[]): void {
    if (stream !== "err") return;
    const last = lines.findLast((line) => line.trim() !== "");
    if (last !== undefined) this.#lastErrorLine = last.trim();
  }

  #append(text: string, size: number): void {
    this.#writtenBytes += size;
    this.#file.append(text);
  }
}
