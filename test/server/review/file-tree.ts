import type { FileTree } from "#server/source/source.js";

/** Files of a commit that nobody has made, by path. */
export function fileTreeOf(
  files: Readonly<Record<string, string | Buffer>>,
  executables: readonly string[] = [],
): FileTree {
  const contents = new Map(Object.values(files).map((content) => [idOf(content), Buffer.from(content)]));
  const paths = Object.keys(files).sort();
  return {
    files: {
      treeId: JSON.stringify([paths.map((path) => [path, idOf(files[path] ?? "")]), executables]),
      since: null,
      blobs: new Map(paths.map((path) => [path, idOf(files[path] ?? "")])),
      executables: new Set(executables),
      leftOut: new Map(),
      paths,
      readable: paths,
    },
    readContents: async (wanted, isKnown) => {
      const ids = wanted.map((path) => idOf(files[path] ?? "")).filter((id) => !isKnown(id));
      return new Map(ids.map((id) => [id, contents.get(id) ?? Buffer.of()]));
    },
  };
}

function idOf(content: string | Buffer): string {
  return Buffer.from(content).toString("latin1");
}
