import {
  createCompileCache,
  once,
  portableOf,
  type CompileCache,
  type CompileTools,
  type PortableResult,
  type Result,
} from "@headwater/workflow";
import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import { packBlocks, type ResultFile } from "./result-file.js";
import { takeTurns } from "./take-turns.js";

/** A push is to be over before anything is written: the rows of ten thousand new workflows take some seconds. */
const SAVE_AFTER_MS = 10_000;
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
  /** Of the file, about, if it had no more than what was remembered when it was read, or written anew. */
  #bytesOnce = 0;
  #uses = 0;
  #hasEnded = false;
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

  /** Whether something is being compiled with it. */
  get isInUse(): boolean {
    return this.#uses > 0;
  }

  /** Hands over what is remembered, with what an earlier life of the service has written, where that is good. */
  async use<Compiled>(compile: (cache: Promise<CompileCache>) => Promise<Compiled>): Promise<Compiled> {
    this.#uses += 1;
    try {
      return await compile(this.#load().then(() => this.#cache));
    } finally {
      this.#uses -= 1;
    }
  }

  /** Begins to write what was made, a moment later. */
  save(): void {
    if (this.#made.length > 0 && !this.#hasEnded)
      this.#cancelSave ??= this.#options.clock.after(SAVE_AFTER_MS, () => this.#flush());
  }

  /** Writes what was made until now, and nothing any more of what is made from then on. Never throws: what is lost is compiled again. */
  async end(): Promise<void> {
    if (!this.#hasEnded) this.#flush();
    this.#hasEnded = true;
    await this.#saving;
  }

  #flush(): void {
    this.#cancelSave?.();
    this.#cancelSave = null;
    this.#saving = this.#saving.then(() => this.#write());
  }

  async #restore(): Promise<ResultFile | null> {
    const { openFile, clock, log } = this.#options;
    const file = await openFile();
    if (file === null) return null;
    try {
      const read = await takeTurns(file.restore(await file.read(), this.#cache), clock);
      // Most of them may be of files that were others since.
      if (read > 0) this.#bytesOnce = (file.bytes * [...this.#cache.results()].length) / read;
    } catch (error) {
      log.warn("Cannot read what was compiled before, and compiles it anew", { reason: String(error) });
    }
    return file;
  }

  async #write(): Promise<void> {
    const { clock, log } = this.#options;
    if (this.#made.length === 0) return;
    const [file, made] = [await this.#load(), this.#made];
    this.#made = [];
    if (file === null) return;
    try {
      const isGrown = file.bytes > Math.max(FILE_BYTES_MIN, this.#bytesOnce * GROWTH_MAX);
      const isAnew = isGrown || (await file.isCutOff());
      const blocks = packBlocks(portable(isAnew ? [...this.#cache.results()] : made), clock);
      await (isAnew ? file.replace(blocks) : file.append(blocks));
      if (isAnew || this.#bytesOnce === 0) this.#bytesOnce = file.bytes;
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
