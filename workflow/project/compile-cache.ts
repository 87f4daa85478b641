import type { SourceTree } from "./source-tree.js";

/** Remembers what was made of files, so that a change of one file costs one file. For one process; not shared. */
export interface CompileCache {
  /**
   * What `compute` makes of a tree. It is reused while every file that it asked the tree for, found or not, is the same;
   * `key` names what is computed and must not be used for anything of another type.
   */
  reuse<T>(key: string, tree: SourceTree, compute: (tree: SourceTree) => T): T;
}

export interface CompileCacheOptions {
  /** Bytes of source whose results are kept at most; the least recently used go first. Default 128 MiB. */
  readonly sourceBytesMax?: number;
}

interface Entry {
  readonly value: unknown;
  readonly reads: ReadonlyMap<string, string | undefined>;
  readonly bytes: number;
}

/** What an entry takes beside what grows with its source. */
const ENTRY_BYTES = 1024;

/** An empty cache. Give one to every compilation of one repository; it holds nothing but memory. */
export function createCompileCache(options: CompileCacheOptions = {}): CompileCache {
  const bytesMax = options.sourceBytesMax ?? 128 * 1024 * 1024;
  // The order of a Map is that of insertion: re-inserting on use makes the first entry the least recently used.
  const entries = new Map<string, Entry>();
  let bytes = 0;

  function drop(key: string, entry: Entry): void {
    entries.delete(key);
    bytes -= entry.bytes;
  }

  function keep(key: string, entry: Entry): void {
    entries.set(key, entry);
    bytes += entry.bytes;
    for (const [oldest, old] of entries) {
      if (bytes <= bytesMax) break;
      drop(oldest, old);
    }
  }

  return {
    reuse<T>(key: string, tree: SourceTree, compute: (tree: SourceTree) => T): T {
      const known = entries.get(key);
      if (known !== undefined) drop(key, known);
      if (known !== undefined && isFresh(known, tree)) {
        keep(key, known);
        // Under this key only values of this type were kept.
        return known.value as T;
      }
      const watched = watchReads(tree);
      const value = compute(watched.tree);
      keep(key, { value, reads: watched.reads, bytes: watched.bytes() + ENTRY_BYTES });
      return value;
    },
  };
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
