import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { formatLogLine } from "./log-line.js";

export interface LogFileOptions {
  readonly path: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How bytes reach an open file; answers how many did. Default: `writeSync` of Node.js. */
  readonly write?: (fileDescriptor: number, bytes: Uint8Array) => number;
}

/** What could not be written, and when it is worth to try again. */
interface Gap {
  lostBytes: number;
  retryAt: number;
  reason: string;
}

const RETRY_MS = 1000;
const NEWLINE = 0x0a;

/**
 * The file of a log, which is made at the first text. What cannot be written, such as on a full disk, is lost and counted,
 * because it must not hold up who writes; once writing works again, a line at that place says how much is missing.
 *
 *     whole ──a write fails──► gap ──(a second later, or at the end) the notice is written──► whole
 */
export class LogFile {
  readonly #options: LogFileOptions;
  #fileDescriptor: number | null = null;
  #gap: Gap | null = null;
  #isInLine = false;

  constructor(options: LogFileOptions) {
    this.#options = options;
  }

  /** Writes whole lines; never throws because of the disk. */
  append(text: string): void {
    if (text === "") return;
    const bytes = Buffer.from(text);
    if (!this.#closeGap()) return this.#lose(bytes.length);
    this.#lose(bytes.length - this.#write(bytes));
  }

  /** The next text is tried at once, however short ago the last one was lost. */
  retrySoon(): void {
    if (this.#gap !== null) this.#gap.retryAt = Number.NEGATIVE_INFINITY;
  }

  /** Says what is missing, if it can, and closes the file; idempotent. */
  close(): void {
    this.retrySoon();
    this.#closeGap();
    if (this.#fileDescriptor !== null) closeSync(this.#fileDescriptor);
    this.#fileDescriptor = null;
  }

  /** Whether there is no gap any more: its notice stands where it was. */
  #closeGap(): boolean {
    const gap = this.#gap;
    if (gap === null) return true;
    const now = this.#options.now();
    if (now < gap.retryAt) return false;
    const notice = formatLogLine(now, "sys", `lost ${gap.lostBytes} bytes of the log here: ${gap.reason}`);
    // The half of a line that still had room is a line of its own.
    const bytes = Buffer.from(this.#isInLine ? `\n${notice}` : notice);
    if (this.#write(bytes) < bytes.length) return false;
    this.#gap = null;
    return true;
  }

  #lose(bytes: number): void {
    if (this.#gap !== null) this.#gap.lostBytes += bytes;
  }

  /** How many bytes were written: all, or a gap begins, or goes on. */
  #write(bytes: Buffer): number {
    const { path, now, write = writeSync } = this.#options;
    let written = 0;
    try {
      this.#fileDescriptor ??= openForAppend(path);
      while (written < bytes.length) written += write(this.#fileDescriptor, bytes.subarray(written));
    } catch (error) {
      const lostBytes = this.#gap?.lostBytes ?? 0;
      this.#gap = { lostBytes, retryAt: now() + RETRY_MS, reason: reasonOf(error) };
    }
    if (written > 0) this.#isInLine = bytes[written - 1] !== NEWLINE;
    return written;
  }
}

function openForAppend(path: string): number {
  try {
    return openSync(path, "a");
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, "a");
  }
}

/** @throws what is not about the disk */
function reasonOf(error: unknown): string {
  switch (codeOf(error)) {
    case null:
      throw error;
    case "ENOSPC":
      return "the disk was full";
    case "EDQUOT":
      return "the quota of the disk was used up";
    default:
      return String(error);
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error ? String(error.code) : null;
}
