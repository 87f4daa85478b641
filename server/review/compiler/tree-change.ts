import type { SourceTree } from "@headwater/workflow";
import type { CommitFiles } from "../../source/source.js";

/** What makes one tree into another, as it travels to the process that compiles, which keeps the one. */
export interface TreeChange {
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
  /** Sorted. */
  readonly paths: readonly string[];
  readonly files: ReadonlyMap<string, SentFile>;
}

export const EMPTY_TREE: SentTree = { paths: [], files: new Map() };

/** @param before null for a tree of nothing */
export function changeBetween(before: CommitFiles | null, after: CommitFiles): TreeChange {
  if (before === after) return { files: [] };
  const files: (readonly [string, SentFile | null])[] = [];
  for (const [path, id] of after.blobs) {
    const isExecutable = after.executables.has(path);
    if (before?.blobs.get(path) === id && before.executables.has(path) === isExecutable) continue;
    files.push([path, { id, isExecutable }]);
  }
  for (const path of before?.paths ?? []) if (!after.blobs.has(path)) files.push([path, null]);
  return { files };
}

/** What a tree has become by a change. The list of paths is the same one where no file has come or gone. */
export function changedTree(tree: SentTree, change: TreeChange): SentTree {
  if (change.files.length === 0) return tree;
  const files = new Map(tree.files);
  for (const [path, file] of change.files) {
    if (file === null) files.delete(path);
    else files.set(path, file);
  }
  const hasSamePaths = change.files.every(([path, file]) => file !== null && tree.files.has(path));
  return { files, paths: hasSamePaths ? tree.paths : [...files.keys()].sort() };
}

/** As the compiler reads it. @param contents by their ids */
export function sourceTreeOf(
  { paths, files }: SentTree,
  contents: ReadonlyMap<string, Uint8Array>,
): SourceTree {
  return {
    paths,
    contentId: (path) => files.get(path)?.id,
    read: (path) => contents.get(files.get(path)?.id ?? ""),
    isExecutable: (path) => files.get(path)?.isExecutable,
  };
}
