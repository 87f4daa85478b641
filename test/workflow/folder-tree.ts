import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { SourceTree } from "@headwater/workflow";

const ROOT = join(import.meta.dirname, "..", "..", "..");

/** The files of a folder of the repository, as the compiler is given them. */
export function folderTree(folder: string): SourceTree {
  const root = join(ROOT, folder);
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => relative(root, join(parentPath, name))).sort();
  const read = (path: string): Uint8Array | undefined =>
    paths.includes(path) ? readFileSync(join(root, path)) : undefined;
  return { paths, read, contentId: (path) => (paths.includes(path) ? path : undefined) };
}
