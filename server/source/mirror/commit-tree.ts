import type { SourceTree } from "@headwater/workflow";
import type { ContentCache } from "../git/content-cache.js";
import { GitError } from "../git/git-error.js";
import type { ObjectReader } from "../git/object-reader.js";
import type { CommitFiles } from "./commit-files.js";

/** One byte more than the compiler accepts of one file (LANGUAGE.md, Files), so that it sees that there is more. */
const MAX_FILE_BYTES = 256 * 1024 + 1;
/** What one tree may hold in memory; the rest of the scripts is listed but not read. */
const MAX_TREE_BYTES = 128 * 1024 * 1024;
/** Files that are asked for at once: so many may be read that then find no place. */
const BATCH_FILES = 200;

/**
 * Reads what a compiler may ask for into memory: definitions and queries first, then scripts. Other files are listed,
 * so that a reference to them can be checked, and not read.
 */
export async function readCommitTree(
  { blobs, executables, leftOut, paths, readable }: CommitFiles,
  reader: ObjectReader,
  cache: ContentCache<Uint8Array>,
): Promise<SourceTree> {
  const contents = new Map<string, Uint8Array>();
  const idOf = (path: string): string => blobs.get(path) ?? "";
  let bytes = 0;
  for (let start = 0; start < readable.length && bytes <= MAX_TREE_BYTES; start += BATCH_FILES) {
    const batch = readable.slice(start, start + BATCH_FILES);
    // Nearly all are known of a commit before, and nothing is waited for.
    const known = batch.map((path) => cache.find(idOf(path)));
    const missing = batch.filter((_path, index) => known[index] === undefined);
    const read =
      missing.length === 0
        ? []
        : await Promise.all(missing.map(async (path) => readBlob({ path, id: idOf(path) }, reader, cache)));
    let next = 0;
    for (const [index, path] of batch.entries()) {
      const content = known[index] ?? read[next++];
      bytes += content?.length ?? 0;
      if (content !== undefined && bytes <= MAX_TREE_BYTES) contents.set(path, content);
    }
  }
  return {
    paths,
    contentId: (path) => blobs.get(path),
    read: (path) => contents.get(path),
    isExecutable: (path) => (blobs.has(path) ? executables.has(path) : undefined),
    leftOut,
  };
}

async function readBlob(
  { path, id }: { readonly path: string; readonly id: string },
  reader: ObjectReader,
  cache: ContentCache<Uint8Array>,
): Promise<Uint8Array> {
  const blob = await reader.read(id, MAX_FILE_BYTES);
  if (blob === null) throw new GitError(["cat-file"], `blob ${id} of "${path}" is missing`);
  cache.add(id, blob);
  return blob;
}
