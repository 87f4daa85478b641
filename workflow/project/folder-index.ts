import type { SourceTree } from "./source-tree.js";

/**
 * The tree, which also knows what its folders hold: as the content of `folderEntry(folder)`. So a file that asks for a folder
 * is compiled anew when a file comes into it or leaves it, as for any file that it asks for.
 */
export function withFolderIndex(tree: SourceTree): SourceTree {
  let index: ReadonlyMap<string, readonly string[]> | undefined;
  return {
    paths: tree.paths,
    read: (path) => tree.read(path),
    contentId: (path) => {
      if (!path.startsWith(ENTRY)) return tree.contentId(path);
      index ??= indexOf(tree.paths);
      return index.get(path)?.join("\n");
    },
  };
}

/** The names of the files in a folder of the repository, without those in folders of it; `""` is the root. */
export function filesIn(folder: string, tree: SourceTree): readonly string[] {
  const names = tree.contentId(folderEntry(folder))?.split("\n") ?? [];
  return names.filter((name) => !name.endsWith("/"));
}

/** Whether the repository has a folder, be it one with nothing but folders. */
export function hasFolder(folder: string, tree: SourceTree): boolean {
  return tree.contentId(folderEntry(folder)) !== undefined;
}

/** No path of a repository begins so. */
const ENTRY = "\0folder/";

function folderEntry(folder: string): string {
  return ENTRY + folder;
}

function indexOf(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, string[]>();
  for (const path of paths) noteName(path, "", folders);
  return folders;
}

/** Notes a file, or with a mark behind its name a folder, with the one that it is in; and that one, when it is new, with its own. */
function noteName(path: string, mark: "" | "/", folders: Map<string, string[]>): void {
  const slash = path.lastIndexOf("/");
  const folder = path.slice(0, Math.max(0, slash));
  const name = path.slice(slash + 1) + mark;
  const known = folders.get(folderEntry(folder));
  if (known !== undefined) return void known.push(name);
  folders.set(folderEntry(folder), [name]);
  if (folder !== "") noteName(folder, "/", folders);
}
