import { createCompileCache, createCompileTools, type CompileCache } from "@headwater/workflow";

const BYTES_MAX = 128 * 1024 * 1024;

/**
 * A cache for each repository: their files may have the same names and nothing else in common. Together they are bounded: those of the
 * repositories go first of which nothing was compiled for longest.
 */
export class CompileCaches {
  readonly #bytesMax: number;
  readonly #tools = createCompileTools();
  /** In order of use: a Map iterates in order of insertion. */
  readonly #caches = new Map<string, CompileCache>();

  constructor(bytesMax = BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  /** From now on that repository is the one that was used last. */
  of(repositoryId: string): CompileCache {
    const cache =
      this.#caches.get(repositoryId) ??
      createCompileCache({ sourceBytesMax: this.#bytesMax, tools: this.#tools });
    this.#caches.delete(repositoryId);
    this.#caches.set(repositoryId, cache);
    return cache;
  }

  /** After something was compiled. The cache that was used last stays: it bounds itself. */
  makeRoom(): void {
    let bytes = 0;
    for (const cache of this.#caches.values()) bytes += cache.bytes;
    for (const [repositoryId, cache] of this.#caches) {
      if (bytes <= this.#bytesMax || this.#caches.size === 1) return;
      this.#caches.delete(repositoryId);
      bytes -= cache.bytes;
    }
  }

  /** Nobody follows it any more. */
  forget(repositoryId: string): void {
    this.#caches.delete(repositoryId);
  }
}
