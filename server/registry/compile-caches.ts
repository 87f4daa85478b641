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
  /** What is still written and deleted of those that went, one after the other. */
  #leaving: Promise<void> = Promise.resolve();

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

  /** Waits until all is written. Nothing is written any more of what is compiled from then on. */
  async stop(): Promise<void> {
    for (const cache of this.#caches.values()) await cache.end();
    await this.#leaving;
  }

  /** What is compiled of that repository, with what is remembered of it: it is the one that was used last, and stays until that has ended. */
  async use<Compiled>(
    repositoryId: string,
    compile: (cache: Promise<CompileCache>) => Promise<Compiled>,
  ): Promise<Compiled> {
    const cache = this.#caches.get(repositoryId) ?? this.#create(repositoryId);
    this.#caches.delete(repositoryId);
    this.#caches.set(repositoryId, cache);
    try {
      return await cache.use(compile);
    } finally {
      cache.save();
      this.#makeRoom();
    }
  }

  /** Nobody follows it any more. */
  async forget(repositoryId: string): Promise<void> {
    const cache = this.#caches.get(repositoryId);
    this.#caches.delete(repositoryId);
    const written = cache?.end();
    this.#leave(async () => {
      await written;
      await this.#delete(repositoryId);
    });
    await this.#leaving;
  }

  /** The cache that was used last stays: it bounds itself. */
  #makeRoom(): void {
    let bytes = 0;
    for (const cache of this.#caches.values()) bytes += cache.bytes;
    for (const [id, cache] of [...this.#caches].slice(0, -1)) {
      if (bytes <= this.#bytesMax) return;
      if (cache.isInUse) continue;
      this.#caches.delete(id);
      bytes -= cache.bytes;
      this.#leave(() => cache.end());
    }
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

  /** @param write never throws */
  #leave(write: () => Promise<void>): void {
    this.#leaving = this.#leaving.then(write);
  }

  /** Never throws: it may lie there, for nobody reads it. */
  async #delete(name: string): Promise<void> {
    try {
      await rm(join(this.#folder, name), { recursive: true, force: true });
    } catch (error) {
      const { log } = this.#options;
      log.warn("Cannot delete what was compiled of a repository", { reason: String(error) });
    }
  }
}
