import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const KEPT = 10_000;

/**
 * Which attempts were handed to a worker, so that the next life of the service knows it when this one is killed before
 * the journal does. A line an attempt, written at once and not flushed: it outlives the process, which is enough to
 * tell a step that ends the service from one that only waited. After a power cut some lines may be missing.
 *
 * The journal knows of a beginning within milliseconds, so of many lines of one life only the last ones matter. Those of
 * the lives before stay until the journals know what they say: this life may be killed while it still reads them.
 */
export class BegunAttempts {
  readonly #file: string;
  #before: ReadonlySet<string> = new Set();
  /** In the file, first of all: of the lives before. */
  #linesBefore = 0;
  #lines = 0;

  constructor(dataFolder: string) {
    this.#file = join(dataFolder, "begun-attempts");
  }

  /** Must be called before any attempt begins: reads what the lives before have left. */
  open(): void {
    const lines = readLines(this.#file);
    this.#before = new Set(lines);
    this.#linesBefore = lines.length;
  }

  /** Whether a life before this one had begun the attempt. */
  hadBegun(runId: string, { path, attempt }: { readonly path: string; readonly attempt: number }): boolean {
    return this.#before.has(lineOf(runId, path, attempt));
  }

  /** The attempt begins now. */
  begin(runId: string, path: string, attempt: number): void {
    this.#attempt(() => appendFileSync(this.#file, `${lineOf(runId, path, attempt)}\n`));
    this.#lines += 1;
    if (this.#lines >= 2 * KEPT) this.#attempt(() => this.#shorten());
  }

  /** What the lives before have left is durable elsewhere: it is dropped. */
  forgetBefore(): void {
    this.#before = new Set();
    if (this.#linesBefore === 0) return;
    this.#attempt(() => {
      this.#replace(readLines(this.#file).slice(this.#linesBefore));
      this.#linesBefore = 0;
    });
  }

  #shorten(): void {
    const lines = readLines(this.#file);
    const [before, own] = [lines.slice(0, this.#linesBefore), lines.slice(this.#linesBefore).slice(-KEPT)];
    this.#replace([...before, ...own]);
    this.#lines = own.length;
  }

  #replace(lines: readonly string[]): void {
    writeFileSync(`${this.#file}.new`, lines.map((line) => `${line}\n`).join(""));
    renameSync(`${this.#file}.new`, this.#file);
  }

  /** A full disk must not stop the attempt: without its line, a crash at this very moment costs its step no retry. */
  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
    }
  }
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  } catch (error) {
    // Not there before the first start; unreadable is the same as lost.
    if (error instanceof Error && "code" in error) return [];
    throw error;
  }
}

function lineOf(runId: string, path: string, attempt: number): string {
  return `${runId} ${path} ${attempt}`;
}
