import {
  createCompileCache,
  portableOf,
  type CompileCache,
  type CompileTools,
  type PortableResult,
  type Result,
} from "@headwater/workflow";
import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import { once } from "../once.js";
import { packResults, type ResultFile } from "./result-file.js";
import { takeTurns } from "./take-turns.js";

/** A push is to be over before anything is written. */
const SAVE_AFTER_MS = 1000;
/** A file that is larger, and so many times what it was when all was written last, is written anew without what nobody remembers. */
const FILE_BYTES_MIN = 4 * 1024 * 1024;
const GROWTH_MAX = 3;

export interface RepositoryCacheOptions {
  /** Null where nothing outlives the process. */
  readonly openFile: () => Promise<ResultFile | null>;
  readonly sourceBytesMax: number;
  readonly tools: CompileTools;
  readonly clock: Clock;
  readonly log: Log;
}

/** What was compiled of one repository: in memory and, a moment later, in a file. */
export class RepositoryCache {
  readonly #options: RepositoryCacheOptions;
  readonly #cache: CompileCache;
  readonly #load: () => Promise<ResultFile | null>;
  /** Not in the file yet. */
  #made: Result[] = [];
  /** Of the file when it had no more than what is remembered. */
  #bytesOnce = 0;
  #cancelSave: (() => void) | null = null;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: RepositoryCacheOptions) {
    this.#options = options;
    this.#cache = createCompileCache({ ...options, onMade: (result) => void this.#made.push(result) });
    this.#load = once(() => this.#restore());
  }

  /** What it takes in memory, about. */
  get bytes(): number {
    return this.#cache.bytes;
  }

  /** With what an earlier life of the service has written, where that is good. */
  async open(): Promise<CompileCache> {
    await this.#load();
    return this.#cache;
  }

  /** Begins to write what was made, a moment later. */
  save(): void {
    if (this.#made.length > 0)
      this.#cancelSave ??= this.#options.clock.after(SAVE_AFTER_MS, () => void this.flush());
  }

  /** Writes it now, and waits for that. Never throws: what is lost is compiled again. */
  flush(): Promise<void> {
    this.#cancelSave?.();
    this.#cancelSave = null;
    this.#saving = this.#saving.then(() => this.#write());
    return this.#saving;
  }

  /** Nobody follows the repository any more. */
  async remove(): Promise<void> {
    this.#made = [];
    await this.flush();
    await (await this.#load())?.remove();
  }

  async #restore(): Promise<ResultFile | null> {
    const { openFile, clock, log } = this.#options;
    const file = await openFile();
    if (file === null) return null;
    try {
      await takeTurns(file.restore(await file.read(), this.#cache), clock);
    } catch (error) {
      log.warn("Cannot read what was compiled before, and compiles it anew", { reason: String(error) });
    }
    this.#bytesOnce = file.bytes;
    return file;
  }

  async #write(): Promise<void> {
    const { clock, log } = this.#options;
    const [file, made] = [await this.#load(), this.#made];
    this.#made = [];
    if (file === null || made.length === 0) return;
    try {
      const isGrown = file.bytes > Math.max(FILE_BYTES_MIN, this.#bytesOnce * GROWTH_MAX);
      const results = isGrown ? [...this.#cache.results()] : made;
      const blocks = await takeTurns(packResults(portable(results)), clock);
      await (isGrown ? file.replace(blocks) : file.append(blocks));
      if (isGrown || this.#bytesOnce === 0) this.#bytesOnce = file.bytes;
    } catch (error) {
      log.warn("Cannot keep what was compiled for the next start", { reason: String(error) });
    }
  }
}

function* portable(results: readonly Result[]): Generator<PortableResult, void> {
  for (const result of results) {
    const found = portableOf(result);
    if (found !== null) yield found;
  }
}
