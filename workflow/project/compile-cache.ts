import { createExpressionLibrary, type ExpressionLibrary } from "../expressions/expression-library.js";
import { createScheduleReader, type ScheduleReader } from "../schedule/schedule.js";
import type { SourceTree } from "./source-tree.js";

/** Remembers what was made of files, so that a change of one file costs one file. For one process; not shared. */
export interface CompileCache {
  readonly tools: CompileTools;
  /** What it takes, about: of large projects twice that. */
  readonly bytes: number;
  /**
   * What `compute` makes of a tree. It is reused while every file that it asked the tree for, found or not, is the same,
   * and kept for some trees in turn; `key` names what is computed and must not be used for anything of another type.
   */
  reuse<T>(key: ResultKey, tree: SourceTree, compute: (tree: SourceTree) => T): T;
  /** The same, with what was asked for. */
  make<T>(key: ResultKey, tree: SourceTree, compute: (tree: SourceTree) => T): Made<T>;
}

/** What was made of a tree. */
export interface Made<T> {
  readonly value: T;
  /** Each path that was asked for, and after it the content that it had; one list, since all of them are compared at each compilation. */
  readonly reads: readonly (string | undefined)[];
  /** Whether something of it is no file, such as what a folder holds: that follows from other files. */
  readonly readsMore: boolean;
}

/** Names a result: its kind, and the file that it is of when there is one for each. */
export interface ResultKey {
  readonly what: string;
  readonly of?: string;
}

/** What was dear to make and is of no project: any number of caches may share it. */
export interface CompileTools {
  readonly schedules: ScheduleReader;
  readonly expressions: ExpressionLibrary;
}

/** Tools that have read nothing yet. */
export function createCompileTools(): CompileTools {
  return { schedules: createScheduleReader(), expressions: createExpressionLibrary() };
}

export interface CompileCacheOptions {
  /** Bytes of source whose results are kept at most; the least recently used go first. Default 128 MiB. */
  readonly sourceBytesMax?: number;
  /** Default: its own. */
  readonly tools?: CompileTools;
}

interface Entry extends Made<unknown> {
  readonly bytes: number;
}

/** What an entry takes beside what grows with its source. */
const ENTRY_BYTES = 2048;

/** Results of one key: as many as there are branches or sides of a plan that are compiled in turn; older ones are only a burden. */
const EDITIONS_MAX = 4;

/** An empty cache. Give one to every compilation of one repository; it holds nothing but memory. */
export function createCompileCache({ sourceBytesMax, tools }: CompileCacheOptions = {}): CompileCache {
  return new MemoryCache(sourceBytesMax ?? 128 * 1024 * 1024, tools ?? createCompileTools());
}

class MemoryCache implements CompileCache {
  readonly tools: CompileTools;
  readonly #bytesMax: number;
  /**
   * By kind, then by file: a path is known to each by the string that it is, and no other has to be made of it. The order of a Map is
   * that of insertion: re-inserting on use makes the first file the least recently used.
   */
  readonly #results = new Map<string, Map<string, readonly Entry[]>>();
  #bytes = 0;

  constructor(bytesMax: number, tools: CompileTools) {
    this.#bytesMax = bytesMax;
    this.tools = tools;
  }

  get bytes(): number {
    return this.#bytes;
  }

  reuse<T>(key: ResultKey, tree: SourceTree, compute: (tree: SourceTree) => T): T {
    return this.make(key, tree, compute).value;
  }

  make<T>({ what, of = "" }: ResultKey, tree: SourceTree, compute: (tree: SourceTree) => T): Made<T> {
    const kind = this.#ofKind(what);
    const editions = kind.get(of) ?? NONE;
    const known = editions.find((entry) => isFresh(entry, tree));
    if (known !== undefined) {
      const isCrowded = this.#bytes > this.#bytesMax / 2;
      // Their order counts only when something will soon have to go.
      if (isCrowded) kind.delete(of);
      if (isCrowded || known !== editions[0]) kind.set(of, latest(known, editions));
      // Under this key only values of this type were kept.
      return known as Made<T>;
    }
    const entry = computed(tree, compute);
    this.#drop(kind, of);
    const kept = latest(entry, editions);
    kind.set(of, kept);
    this.#bytes += sizeOf(kept);
    this.#makeRoom();
    return entry;
  }

  #ofKind(what: string): Map<string, readonly Entry[]> {
    const known = this.#results.get(what) ?? new Map<string, readonly Entry[]>();
    if (known.size === 0) this.#results.set(what, known);
    return known;
  }

  #drop(kind: Map<string, readonly Entry[]>, file: string): void {
    this.#bytes -= sizeOf(kind.get(file) ?? NONE);
    kind.delete(file);
  }

  /** Of the kind of which there are most the oldest go first. */
  #makeRoom(): void {
    if (this.#bytes <= this.#bytesMax) return;
    for (const kind of [...this.#results.values()].sort((one, other) => other.size - one.size)) {
      for (const oldest of kind.keys()) {
        if (this.#bytes <= this.#bytesMax) return;
        this.#drop(kind, oldest);
      }
    }
  }
}

function computed<T>(tree: SourceTree, compute: (tree: SourceTree) => T): Entry & Made<T> {
  const watched = watchReads(tree);
  const value = compute(watched.tree);
  return {
    value,
    reads: [...watched.reads].flat(),
    readsMore: [...watched.reads.keys()].some((path) => path.startsWith("\0")),
    bytes: watched.bytes() + ENTRY_BYTES,
  };
}

const NONE: readonly Entry[] = [];

function sizeOf(editions: readonly Entry[]): number {
  return editions.reduce((sum, { bytes }) => sum + bytes, 0);
}

function latest(entry: Entry, editions: readonly Entry[]): readonly Entry[] {
  if (editions[0] === entry) return editions;
  return [entry, ...editions.filter((other) => other !== entry)].slice(0, EDITIONS_MAX);
}

function isFresh(entry: Entry, tree: SourceTree): boolean {
  const { reads } = entry;
  for (let at = 0; at < reads.length; at += 2) {
    if (tree.contentId(reads[at] ?? "") !== reads[at + 1]) return false;
  }
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
