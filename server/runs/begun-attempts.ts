import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const KEPT = 10_000;

/**
 * Which attempts were handed to a worker, so that the next life of the service knows it when this one is killed before
 * the journal does. A line an attempt, written at once and not flushed: it outlives the process, which is enough to
 * tell a step that ends the service from one that only waited. After a power cut some lines may be missing.
 *
 * The journal knows of a beginning within milliseconds, so of many lines only the last ones matter.
 */
export class BegunAttempts {
  readonly #file: string;
  #before: ReadonlySet<string> | null = null;
  #lines = 0;

  constructor(dataFolder: string) {
    this.#file = join(dataFolder, "begun-attempts");
  }

  /** Must be called before any attempt begins: reads what the last life of the service has left, and starts anew. */
  open(): void {
    this.#before = new Set(readLines(this.#file));
    this.#attempt(() => writeFileSync(this.#file, ""));
  }

  /** Whether the last life of the service had begun the attempt. */
  hadBegun(runId: string, { path, attempt }: { readonly path: string; readonly attempt: number }): boolean {
    return this.#before?.has(lineOf(runId, path, attempt)) ?? false;
  }

  /** The attempt begins now. */
  begin(runId: string, path: string, attempt: number): void {
    this.#attempt(() => appendFileSync(this.#file, `${lineOf(runId, path, attempt)}\n`));
    this.#lines += 1;
    if (this.#lines >= 2 * KEPT) this.#attempt(() => this.#shorten());
  }

  #shorten(): void {
    const kept = readLines(this.#file).slice(-KEPT);
    writeFileSync(`${this.#file}.new`, `${kept.join("\n")}\n`);
    renameSync(`${this.#file}.new`, this.#file);
    this.#lines = kept.length;
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
