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
  /**
   * The same in steps, with what was asked for; the files must not change before it is done.
   * @yields nothing, as `compute` does
   */
  makeInSteps<T>(
    key: ResultKey,
    tree: SourceTree,
    compute: (tree: SourceTree) => Generator<undefined, T>,
  ): Generator<undefined, Made<T>>;
  /** Takes over what another process has made, as if it had been made now. */
  restore(key: ResultKey, made: Made<unknown>): void;
  /** All that is remembered, each result with its key, in the order in which `restore` is to take them. */
  results(): Iterable<Result>;
}

/** A result, and of what. */
export interface Result {
  readonly key: Required<ResultKey>;
  readonly made: Made<unknown>;
}

/** What was made of a tree. */
export interface Made<T> {
  readonly value: T;
  /** Each path that was asked for, and after it the content that it had; one list, since all of them are compared at each compilation. */
  readonly reads: readonly (string | undefined)[];
  /** Whether something of it is no file, such as what a folder holds: that follows from other files. */
  readonly readsMore: boolean;
  /** What it takes, about. */
  readonly bytes: number;
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
  /** Told of each result that is made. */
  readonly onMade?: (result: Result) => void;
}

/** What an entry takes beside what grows with its source. */
const ENTRY_BYTES = 2048;

/** Results of one key: as many as there are branches or sides of a plan that are compiled in turn; older ones are only a burden. */
const EDITIONS_MAX = 4;

/** An empty cache. Give one to every compilation of one repository; it holds nothing but memory. */
export function createCompileCache(options: CompileCacheOptions = {}): CompileCache {
  return new MemoryCache(options);
}

class MemoryCache implements CompileCache {
  readonly tools: CompileTools;
  readonly #bytesMax: number;
  /**
   * By kind, then by file: a path is known to each by the string that it is, and no other has to be made of it. The order of a Map is
   * that of insertion: re-inserting on use makes the first file the least recently used.
   */
  readonly #results = new Map<string, Map<string, Editions>>();
  #bytes = 0;
  readonly #onMade: (result: Result) => void;

  constructor({ sourceBytesMax, tools, onMade = () => undefined }: CompileCacheOptions) {
    this.#bytesMax = sourceBytesMax ?? 128 * 1024 * 1024;
    this.#onMade = onMade;
    this.tools = tools ?? createCompileTools();
  }

  get bytes(): number {
    return this.#bytes;
  }

  reuse<T>(key: ResultKey, tree: SourceTree, compute: (tree: SourceTree) => T): T {
    const known = this.#find<T>(key, tree);
    if (known !== undefined) return known.value;
    const watched = watchReads(tree);
    return this.#remember(key, madeOf(watched, compute(watched.tree))).value;
  }

  *makeInSteps<T>(
    key: ResultKey,
    tree: SourceTree,
    compute: (tree: SourceTree) => Generator<undefined, T>,
  ): Generator<undefined, Made<T>> {
    const known = this.#find<T>(key, tree);
    if (known !== undefined) return known;
    const watched = watchReads(tree);
    return this.#remember(key, madeOf(watched, yield* compute(watched.tree)));
  }

  restore({ what, of = "" }: ResultKey, made: Made<unknown>): void {
    const kind = this.#ofKind(what);
    this.#keep(kind, of, latest(made, kind.get(of) ?? NONE));
  }

  #find<T>({ what, of = "" }: ResultKey, tree: SourceTree): Made<T> | undefined {
    const kind = this.#ofKind(what);
    const editions = kind.get(of) ?? NONE;
    const known = editions.find((entry) => isFresh(entry, tree));
    if (known === undefined) return undefined;
    const isCrowded = this.#bytes > this.#bytesMax / 2;
    // Their order counts only when something will soon have to go.
    if (isCrowded) kind.delete(of);
    if (isCrowded || known !== editions[0]) kind.set(of, latest(known, editions));
    // Under this key only values of this type were kept.
    return known as Made<T>;
  }

  #remember<T>({ what, of = "" }: ResultKey, made: Made<T>): Made<T> {
    this.restore({ what, of }, made);
    this.#onMade({ key: { what, of }, made });
    return made;
  }

  *results(): Generator<Result, void> {
    for (const [what, kind] of this.#results)
      for (const [of, editions] of kind)
        for (const made of editions.toReversed()) yield { key: { what, of }, made };
  }

  #keep(kind: Map<string, Editions>, of: string, editions: Editions): void {
    this.#drop(kind, of);
    kind.set(of, editions);
    this.#bytes += sizeOf(editions);
    this.#makeRoom();
  }

  #ofKind(what: string): Map<string, Editions> {
    const known = this.#results.get(what) ?? new Map<string, Editions>();
    if (known.size === 0) this.#results.set(what, known);
    return known;
  }

  #drop(kind: Map<string, Editions>, file: string): void {
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

function madeOf<T>({ reads, bytes }: WatchedReads, value: T): Made<T> {
  return {
    value,
    reads: [...reads].flat(),
    readsMore: [...reads.keys()].some((path) => path.startsWith("\0")),
    bytes: bytes() + ENTRY_BYTES,
  };
}

/** Results of one key, the latest first. */
type Editions = readonly Made<unknown>[];

const NONE: Editions = [];

function sizeOf(editions: Editions): number {
  return editions.reduce((sum, { bytes }) => sum + bytes, 0);
}

function latest(entry: Made<unknown>, editions: Editions): Editions {
  if (editions[0] === entry) return editions;
  return [entry, ...editions.filter((other) => other !== entry)].slice(0, EDITIONS_MAX);
}

function isFresh(entry: Made<unknown>, tree: SourceTree): boolean {
  const { reads } = entry;
  for (let at = 0; at < reads.length; at += 2) {
    if (tree.contentId(reads[at] ?? "") !== reads[at + 1]) return false;
  }
  return true;
}

interface WatchedReads {
  readonly tree: SourceTree;
  readonly reads: ReadonlyMap<string, string | undefined>;
  readonly bytes: () => number;
}

function watchReads(tree: SourceTree): WatchedReads {
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
