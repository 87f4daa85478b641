import { GitError } from "../git/git-error.js";
import { EXECUTABLE } from "./tree-object.js";

/** A regular file of a tree. */
export interface TreeFile {
  /** With `/`, inside the tree. */
  readonly path: string;
  readonly blobId: string;
  readonly sizeBytes: number;
  readonly executable: boolean;
}

export interface TreeListing {
  /** In Git's order. */
  readonly files: readonly TreeFile[];
  /** What a working copy must not have: links lead out of it, and some paths do too. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

const ENTRY = /^(\d{6}) [a-z]+ ([0-9a-f]+) +(\d+|-)\t(.*)$/s;

/** Reads what `git ls-tree -r -l -z` printed, which says BAD in the place of a size that it cannot read, and succeeds. @throws GitError */
export function parseTreeListing(output: string): TreeListing {
  const files: TreeFile[] = [];
  const skipped: { path: string; reason: string }[] = [];
  for (const line of output.split("\0").filter((each) => each !== "")) {
    const [, mode = "", blobId = "", size = "", path = ""] = ENTRY.exec(line) ?? [];
    if (mode === "") throw new GitError(["ls-tree"], `damaged: ${line}`);
    const reason = reasonToSkip(mode, path);
    if (reason === null)
      files.push({ path, blobId, sizeBytes: Number(size), executable: mode === EXECUTABLE });
    else skipped.push({ path, reason });
  }
  return { files, skipped };
}

/** Why a path of that mode must be in no working copy, and so counts for nobody; null when it may. */
export function reasonToSkip(mode: string, path: string): string | null {
  if (mode === "120000") return "it is a symbolic link";
  if (mode === "160000") return "it is a submodule";
  if (mode !== "100644" && mode !== EXECUTABLE) return `its mode is ${mode}`;
  if (path.includes("\uFFFD")) return "its name is not UTF-8";
  if (!path.split("/").every(isPlainName)) return "its path leads out of the tree";
  return isTooLong(path) ? "its name or its path is longer than a file system takes" : null;
}

/** In bytes, as Linux and macOS count; the folder of the working copy comes before the path. */
const NAME_BYTES_MAX = 255;
const PATH_BYTES_MAX = 3000;

/** No name has more bytes than three times its characters: nearly all need not be counted. */
function isTooLong(path: string): boolean {
  if (path.length * 3 <= NAME_BYTES_MAX) return false;
  const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
  return bytesOf(path) > PATH_BYTES_MAX || path.split("/").some((name) => bytesOf(name) > NAME_BYTES_MAX);
}

/** `.git` in any case, because some file systems fold it. */
function isPlainName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && name.toLowerCase() !== ".git";
}
