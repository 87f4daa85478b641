import type { SourceTree } from "@headwater/workflow";
import { contentOf } from "../../source/mirror/commit-tree.js";
import type { CommitFiles } from "../../source/source.js";

/** What makes one tree into another, as it travels to the process that compiles, which keeps the one. */
export interface TreeChange {
  /** The id of the tree that it is of; null for a tree of nothing. */
  readonly from: string | null;
  /** That of what comes of it. */
  readonly to: string;
  /** What is other, by path; null for a file that is gone. */
  readonly files: readonly (readonly [path: string, file: SentFile | null])[];
}

interface SentFile {
  /** Of its content. */
  readonly id: string;
  readonly isExecutable: boolean;
}

/** Of the files that are new or have another content. */
export function changedPaths({ files }: TreeChange): readonly string[] {
  return files.flatMap(([path, file]) => (file === null ? [] : [path]));
}

/** A tree without its contents. */
export interface SentTree {
  /** Null for a tree of nothing. */
  readonly treeId: string | null;
  /** Sorted. */
  readonly paths: readonly string[];
  readonly files: ReadonlyMap<string, SentFile>;
}

export const EMPTY_TREE: SentTree = { treeId: null, paths: [], files: new Map() };

const NO_FILES: Pick<CommitFiles, "blobs" | "executables" | "paths"> = {
  blobs: new Map(),
  executables: new Set(),
  paths: [],
};

/** @param before null for a tree of nothing */
export function changeBetween(before: CommitFiles | null, after: CommitFiles): TreeChange {
  const ends = { from: before?.treeId ?? null, to: after.treeId };
  if (before === after) return { files: [], ...ends };
  const { blobs, executables, paths } = before ?? NO_FILES;
  const files: (readonly [string, SentFile | null])[] = [];
  for (const [path, id] of after.blobs) {
    const isExecutable = after.executables.has(path);
    if (blobs.get(path) === id && executables.has(path) === isExecutable) continue;
    files.push([path, { id, isExecutable }]);
  }
  for (const path of paths) if (!after.blobs.has(path)) files.push([path, null]);
  return { files, ...ends };
}

/** Whoever has sent a change believes that another tree is known. */
class OutOfStep extends Error {
  readonly code = "out-of-step";

  constructor(known: string | null, from: string | null) {
    super(`Cannot change tree ${known}: the change is of ${from}`);
    this.name = "OutOfStep";
  }
}

/**
 * What a tree has become by a change. The list of paths is the same one where no file has come or gone.
 * @throws OutOfStep for a change of another tree
 */
export function changedTree(tree: SentTree, change: TreeChange): SentTree {
  if (change.from !== tree.treeId) throw new OutOfStep(tree.treeId, change.from);
  if (change.files.length === 0 && change.to === tree.treeId) return tree;
  const files = new Map(tree.files);
  for (const [path, file] of change.files) {
    if (file === null) files.delete(path);
    else files.set(path, file);
  }
  const hasSamePaths = change.files.every(([path, file]) => file !== null && tree.files.has(path));
  return { treeId: change.to, files, paths: hasSamePaths ? tree.paths : [...files.keys()].sort() };
}

/** As the compiler reads it. What was not sent has found no place, and `read` @throws ContentsTooLarge for it. @param contents by their ids */
export function sourceTreeOf(
  { paths, files }: SentTree,
  contents: ReadonlyMap<string, Uint8Array>,
): SourceTree {
  return {
    paths,
    contentId: (path) => files.get(path)?.id,
    read: (path) => contentOf(path, files.get(path)?.id, contents),
    isExecutable: (path) => files.get(path)?.isExecutable,
  };
}
