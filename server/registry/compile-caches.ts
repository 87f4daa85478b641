import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { createCompileTools, type CompileCache } from "@headwater/workflow";
import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import { RepositoryCache } from "./repository-cache.js";
import { ResultFile } from "./result-file.js";

const BYTES_MAX = 128 * 1024 * 1024;

export interface CompileCachesOptions {
  /** Of what was compiled of all repositories. Default: 128 MiB. */
  readonly cacheBytesMax?: number;
  /** Where it is kept for the next life of the service, in its `compiled/`. */
  readonly dataFolder: string;
  /** Names what compiles, see `createBuildReader`. Null where nobody knows: then nothing is kept. */
  readonly readBuild: () => Promise<string | null>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * A cache for each repository: their files may have the same names and nothing else in common. Together they are bounded: those of the
 * repositories go first of which nothing was compiled for longest.
 */
export class CompileCaches {
  readonly #options: CompileCachesOptions;
  readonly #bytesMax: number;
  readonly #folder: string;
  readonly #tools = createCompileTools();
  /** In order of use: a Map iterates in order of insertion. */
  readonly #caches = new Map<string, RepositoryCache>();
  /** The last files that are written of those that went. */
  #leaving: Promise<unknown> = Promise.resolve();

  constructor(options: CompileCachesOptions) {
    this.#options = options;
    this.#bytesMax = options.cacheBytesMax ?? BYTES_MAX;
    this.#folder = join(options.dataFolder, "compiled");
  }

  /** Deletes what is kept of others than these. */
  async start(repositoryIds: readonly string[]): Promise<void> {
    const known = new Set(repositoryIds);
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names.filter((one) => !known.has(one))) await this.#delete(name);
  }

  /** Waits until all is written. */
  async stop(): Promise<void> {
    for (const cache of this.#caches.values()) await cache.flush();
    await this.#leaving;
  }

  /** From now on that repository is the one that was used last. */
  async of(repositoryId: string): Promise<CompileCache> {
    const cache = this.#caches.get(repositoryId) ?? this.#create(repositoryId);
    this.#caches.delete(repositoryId);
    this.#caches.set(repositoryId, cache);
    return cache.open();
  }

  /** After something was compiled of that one. The cache that was used last stays: it bounds itself. */
  settle(repositoryId: string): void {
    this.#caches.get(repositoryId)?.save();
    let bytes = 0;
    for (const cache of this.#caches.values()) bytes += cache.bytes;
    for (const [id, cache] of this.#caches) {
      if (bytes <= this.#bytesMax || this.#caches.size === 1) return;
      this.#caches.delete(id);
      bytes -= cache.bytes;
      this.#leave(cache.flush());
    }
  }

  /** Nobody follows it any more. */
  async forget(repositoryId: string): Promise<void> {
    const cache = this.#caches.get(repositoryId);
    this.#caches.delete(repositoryId);
    this.#leave(cache === undefined ? this.#delete(repositoryId) : cache.remove());
    await this.#leaving;
  }

  #create(repositoryId: string): RepositoryCache {
    const before = this.#leaving;
    const openFile = async (): Promise<ResultFile | null> => {
      const build = await this.#options.readBuild();
      // It may be one of those that went.
      await before;
      return build === null ? null : new ResultFile(join(this.#folder, repositoryId), build);
    };
    return new RepositoryCache({
      ...this.#options,
      openFile,
      sourceBytesMax: this.#bytesMax,
      tools: this.#tools,
    });
  }

  #leave(left: Promise<void>): void {
    const { log } = this.#options;
    const told = left.catch((error: unknown) => {
      log.warn("Cannot delete what was compiled of a repository", { reason: String(error) });
    });
    this.#leaving = Promise.all([this.#leaving, told]);
  }

  #delete(name: string): Promise<void> {
    return rm(join(this.#folder, name), { recursive: true, force: true });
  }
}
