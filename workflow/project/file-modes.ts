import type { SourceTree } from "./source-tree.js";

/**
 * The tree, which also tells by `modeEntry(path)` that a file has no executable bit: as a content, so that a file that asks for it is compiled anew
 * when it changes, as for any other file that it asks for.
 */
export function withFileModes(tree: SourceTree): SourceTree {
  return {
    paths: tree.paths,
    read: (path) => tree.read(path),
    contentId: (path) => {
      if (!path.startsWith(ENTRY)) return tree.contentId(path);
      return tree.isExecutable?.(path.slice(ENTRY.length)) === false ? PLAIN : undefined;
    },
  };
}

/** Whether a file of the tree is known to have no executable bit. */
export function isPlainFile(path: string, tree: SourceTree): boolean {
  return tree.contentId(ENTRY + path) === PLAIN;
}

/** No path of a repository begins so. */
const ENTRY = "\0mode/";

const PLAIN = "plain";
