import { setImmediate } from "node:timers/promises";
import { fileKind } from "@headwater/workflow";
import { ServiceError } from "../../errors.js";
import { reasonToSkip } from "./tree-listing.js";
import { EXECUTABLE, FOLDER, type TreeEntry } from "./tree-object.js";

/** The files of a commit by the ids of their blobs; not their sizes, which git would have to look up one by one. */
export interface CommitFiles {
  readonly treeId: string;
  /** What is other than in the tree that it was compared with; null where it was read whole. */
  readonly since: { readonly treeId: string; readonly changed: ReadonlySet<string> } | null;
  /** By path. */
  readonly blobs: ReadonlyMap<string, string>;
  /** The paths of those that have their executable bit. */
  readonly executables: ReadonlySet<string>;
  /** What must be in no working copy, by path: why. */
  readonly leftOut: ReadonlyMap<string, string>;
  /** Sorted. */
  readonly paths: readonly string[];
  /** Of those, see `readableOf`. */
  readonly readable: readonly string[];
}

/** A commit has more than is read of it. */
export class TreeTooLarge extends ServiceError {
  /** @param reason in words of ours alone: it is shown as it is */
  constructor(reason: string) {
    super("bad-request", `Cannot read the files of a commit: ${reason}`);
  }
}

/** What one tree may hold in memory. */
export const TREE_BYTES_MAX = 128 * 1024 * 1024;

/** A file that the compiler asks for has found no place there. */
export class ContentsTooLarge extends TreeTooLarge {
  constructor() {
    super(`what is to be compiled takes more than ${TREE_BYTES_MAX / 1024 / 1024} MiB`);
  }
}

/** The entries of the tree of that id. */
export type ReadTree = (id: string) => Promise<readonly TreeEntry[]>;

/** Entries that are read for one commit at most: trees that hold each other many times over could have any number. */
const MAX_ENTRIES = 2_000_000;

const FOLDERS_AT_ONCE = 200;

/** Of what somebody proposes: what they may add to what is there, which a handful of trees that hold each other can exceed by far. */
const PROPOSED_MIN = 20_000;
const PROPOSED_MAX = 200_000;
const GROWTH_MAX = 10;

/** So many entries are read of a commit that somebody proposes to merge into that one. */
export function proposedEntriesMax({ paths }: Pick<CommitFiles, "paths">): number {
  const grown = Math.min(PROPOSED_MAX, Math.max(PROPOSED_MIN, paths.length * GROWTH_MAX));
  // What is there may be read twice, of before and of after.
  return 2 * paths.length + grown;
}

const READABLE: readonly ((path: string) => boolean)[] = [
  (path) => fileKind(path) !== null,
  (path) => path.endsWith(".sql"),
  (path) => /\.(?:sh|py|js|mjs)$/.test(path),
];

/** Whether it is one that the compiler may read. */
export function isReadable(path: string): boolean {
  return READABLE.some((isOfKind) => isOfKind(path));
}

/** Those that the compiler may read: definitions first, then queries, then scripts. */
export function readableOf(paths: readonly string[]): readonly string[] {
  return READABLE.flatMap((isOfKind) => paths.filter(isOfKind));
}

/** What a tree is read from, and how much of it. */
export interface TreeReading {
  readonly readTree: ReadTree;
  /** Default: what a commit of a branch may have. */
  readonly entriesMax?: number;
}

/**
 * The files of the tree of that id. Only those folders are read that are other than in the commit `before`, some at a time, so that all
 * else goes on meanwhile. @throws TreeTooLarge, and what `readTree` throws
 */
export async function readCommitFiles(
  treeId: string,
  before: CommitFiles | null,
  reading: TreeReading,
): Promise<CommitFiles> {
  const comparison = new TreeComparison(reading);
  await comparison.compare(before?.treeId ?? null, treeId);
  const { removed, written } = comparison;
  const blobs = new Map(before?.blobs);
  for (const path of removed) blobs.delete(path);
  for (const [path, id] of written) blobs.set(path, id);
  const keepsAll = before !== null && keepsPaths(before, comparison);
  const paths = keepsAll ? before.paths : [...blobs.keys()].sort();
  return {
    treeId,
    since:
      before === null ? null : { treeId: before.treeId, changed: new Set([...removed, ...written.keys()]) },
    blobs,
    executables: executablesAfter(before, comparison),
    leftOut: leftOutAfter(before, comparison),
    paths,
    readable: keepsAll ? before.readable : readableOf(paths),
  };
}

function executablesAfter(
  before: CommitFiles | null,
  { removed, written, executables }: TreeComparison,
): ReadonlySet<string> {
  const changed = new Set(removed);
  const kept = [...(before?.executables ?? [])].filter((path) => !changed.has(path) && !written.has(path));
  return new Set([...kept, ...executables]);
}

function leftOutAfter(
  before: CommitFiles | null,
  { removed, leftOut }: TreeComparison,
): ReadonlyMap<string, string> {
  if (before !== null && before.leftOut.size + leftOut.size === 0) return before.leftOut;
  const now = new Map(before?.leftOut);
  for (const path of removed) now.delete(path);
  for (const [path, reason] of leftOut) now.set(path, reason);
  return now;
}

/** Nearly always: then none are sorted again. */
function keepsPaths({ blobs }: CommitFiles, { removed, written }: TreeComparison): boolean {
  return removed.every((path) => written.has(path)) && [...written.keys()].every((path) => blobs.has(path));
}

/** Two folders of one path, which ends in `/`; null for one that is not there. */
interface FolderPair {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What makes one tree into another. What is removed and written was replaced. */
class TreeComparison {
  readonly removed: string[] = [];
  readonly written = new Map<string, string>();
  readonly executables = new Set<string>();
  readonly leftOut = new Map<string, string>();
  readonly #readTree: ReadTree;
  readonly #entriesMax: number;
  #entries = 0;

  constructor({ readTree, entriesMax = MAX_ENTRIES }: TreeReading) {
    this.#readTree = readTree;
    this.#entriesMax = entriesMax;
  }

  /** Some folders at once, the deepest first, so that few wait however many there are. */
  async compare(before: string | null, after: string): Promise<void> {
    const waiting: FolderPair[] = before === after ? [] : [{ path: "", before, after }];
    while (waiting.length > 0) {
      const found = await Promise.all(
        waiting.splice(-FOLDERS_AT_ONCE).map((pair) => this.#compareFolders(pair)),
      );
      for (const folders of found) for (const pair of folders) waiting.push(pair);
      // Where all are known nothing is waited for.
      await setImmediate();
    }
  }

  /** Answers the folders within that are other. */
  async #compareFolders({ path, before, after }: FolderPair): Promise<readonly FolderPair[]> {
    const [old, now] = await Promise.all([this.#entriesOf(before), this.#entriesOf(after)]);
    return pairsOf(old, now).flatMap(([name, from, to]) => {
      const place = path + name;
      if (isFile(from)) this.removed.push(place);
      if (isFile(to)) this.#write(place, to);
      const folders = { path: `${place}/`, before: folderId(from), after: folderId(to) };
      return folders.before === folders.after ? [] : [folders];
    });
  }

  #write(place: string, { id, mode }: TreeEntry): void {
    const reason = reasonToSkip(mode, place);
    if (reason !== null) return void this.leftOut.set(place, reason);
    this.written.set(place, id);
    if (mode === EXECUTABLE) this.executables.add(place);
  }

  async #entriesOf(id: string | null): Promise<readonly TreeEntry[]> {
    const entries = id === null ? [] : await this.#readTree(id);
    this.#entries += entries.length;
    if (this.#entries > this.#entriesMax)
      throw new TreeTooLarge(`there are more than ${this.#entriesMax} files and folders`);
    return entries;
  }
}

type Pair = readonly [name: string, from: TreeEntry | undefined, to: TreeEntry | undefined];

/** What is other, by name. Where a name comes twice, as in a forged tree, all of the folder goes, and all of it comes. */
function pairsOf(old: readonly TreeEntry[], now: readonly TreeEntry[]): readonly Pair[] {
  const earlier = new Map(old.map((entry) => [entry.name, entry]));
  const gone = (entry: TreeEntry): Pair => [entry.name, entry, undefined];
  const isForged = earlier.size < old.length;
  if (isForged) return [...old.map(gone), ...now.map((entry): Pair => [entry.name, undefined, entry])];
  const pairs: Pair[] = [];
  for (const entry of now) {
    const same = earlier.get(entry.name);
    earlier.delete(entry.name);
    if (same?.id !== entry.id || same.mode !== entry.mode) pairs.push([entry.name, same, entry]);
  }
  return [...pairs, ...[...earlier.values()].map(gone)];
}

function isFile(entry: TreeEntry | undefined): entry is TreeEntry {
  return entry !== undefined && entry.mode !== FOLDER;
}

function folderId(entry: TreeEntry | undefined): string | null {
  return entry?.mode === FOLDER ? entry.id : null;
}
