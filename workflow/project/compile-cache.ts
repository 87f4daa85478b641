import type { SourceTree } from "./source-tree.js";

/** Remembers what was made of files, so that a change of one file costs one file. For one process; not shared. */
export interface CompileCache {
  /**
   * What `compute` makes of a tree. It is reused while every file that it asked the tree for, found or not, is the same,
   * and kept for some trees in turn; `key` names what is computed and must not be used for anything of another type.
   */
  reuse<T>(key: string, tree: SourceTree, compute: (tree: SourceTree) => T): T;
}

export interface CompileCacheOptions {
  /** Bytes of source whose results are kept at most; the least recently used go first. Default 128 MiB. */
  readonly sourceBytesMax?: number;
}

interface Entry {
  readonly value: unknown;
  readonly reads: readonly (readonly [path: string, contentId: string | undefined])[];
  readonly bytes: number;
}

/** What an entry takes beside what grows with its source. */
const ENTRY_BYTES = 1024;

/** Results of one key: as many as there are branches or sides of a plan that are compiled in turn; older ones are only a burden. */
const EDITIONS_MAX = 4;

/** An empty cache. Give one to every compilation of one repository; it holds nothing but memory. */
export function createCompileCache(options: CompileCacheOptions = {}): CompileCache {
  const bytesMax = options.sourceBytesMax ?? 128 * 1024 * 1024;
  // The order of a Map is that of insertion: re-inserting on use makes the first key the least recently used.
  const results = new Map<string, readonly Entry[]>();
  let bytes = 0;

  function drop(key: string): void {
    bytes -= sizeOf(results.get(key) ?? []);
    results.delete(key);
  }

  /** Of entries that are there already, the latest first. Their order counts only when something will soon have to go. */
  function use(key: string, editions: readonly Entry[]): void {
    if (bytes > bytesMax / 2) results.delete(key);
    results.set(key, editions);
  }

  function keep(key: string, editions: readonly Entry[]): void {
    drop(key);
    results.set(key, editions);
    bytes += sizeOf(editions);
    for (const oldest of results.keys()) {
      if (bytes <= bytesMax) break;
      drop(oldest);
    }
  }

  return {
    reuse<T>(key: string, tree: SourceTree, compute: (tree: SourceTree) => T): T {
      const editions = results.get(key) ?? [];
      const known = editions.find((entry) => isFresh(entry, tree));
      if (known !== undefined) {
        use(key, latest(known, editions));
        // Under this key only values of this type were kept.
        return known.value as T;
      }
      const watched = watchReads(tree);
      const value = compute(watched.tree);
      const entry = { value, reads: [...watched.reads], bytes: watched.bytes() + ENTRY_BYTES };
      keep(key, latest(entry, editions));
      return value;
    },
  };
}

function sizeOf(editions: readonly Entry[]): number {
  return editions.reduce((sum, { bytes }) => sum + bytes, 0);
}

function latest(entry: Entry, editions: readonly Entry[]): readonly Entry[] {
  if (editions[0] === entry) return editions;
  return [entry, ...editions.filter((other) => other !== entry)].slice(0, EDITIONS_MAX);
}

function isFresh(entry: Entry, tree: SourceTree): boolean {
  for (const [path, contentId] of entry.reads) if (tree.contentId(path) !== contentId) return false;
  return true;
}

function watchReads(tree: SourceTree): {
  readonly tree: SourceTree;
  readonly reads: ReadonlyMap<string, string | undefined>;
  readonly bytes: () => number;
} {
  const reads = new Map<string, string | undefined>();
  let bytes = 0;
  const contentId = (path: string): string | undefined => {
    const id = tree.contentId(path);
    reads.set(path, id);
    return id;
  };
  const read = (path: string): Uint8Array | undefined => {
    contentId(path);
    const content = tree.read(path);
    bytes += content?.length ?? 0;
    return content;
  };
  return { tree: { paths: tree.paths, contentId, read }, reads, bytes: () => bytes };
}
