import { mkdir, open, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BlobReader } from "../git/blob-reader.js";
import { GitError } from "../git/git-error.js";
import type { TreeFile, TreeListing } from "./tree-listing.js";

/** What is read ahead while files are written. */
const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_FILES = 128;

/**
 * Makes the folder hold the files of a tree and nothing else, read-only. Through `cat-file`, not `git checkout`: no filter, hook,
 * link or submodule of the repository has a say. @throws GitError for a blob that is missing
 */
export async function writeWorkingCopy(
  listing: TreeListing,
  reader: BlobReader,
  folder: string,
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const parent of new Set(listing.files.map(({ path }) => dirname(path)))) {
    await mkdir(join(folder, parent), { recursive: true });
  }
  for (const batch of batches(listing.files)) {
    await Promise.all(batch.map((file) => writeFile(file, reader, folder)));
  }
}

function batches(files: readonly TreeFile[]): readonly (readonly TreeFile[])[] {
  const result: TreeFile[][] = [];
  let bytes = Infinity;
  for (const file of files) {
    const last = result.at(-1);
    if (last === undefined || bytes + file.sizeBytes > BATCH_BYTES || last.length === BATCH_FILES) {
      result.push([file]);
      bytes = file.sizeBytes;
    } else {
      last.push(file);
      bytes += file.sizeBytes;
    }
  }
  return result;
}

async function writeFile(file: TreeFile, reader: BlobReader, folder: string): Promise<void> {
  const blob = await reader.read(file.blobId, Infinity);
  if (blob === null) throw new GitError(["cat-file"], `blob ${file.blobId} of "${file.path}" is missing`);
  // "wx": a tree with the same path twice, which only a forged one has, must not write twice.
  const handle = await open(join(folder, file.path), "wx", file.executable ? 0o555 : 0o444);
  try {
    await handle.writeFile(blob);
  } finally {
    await handle.close();
  }
}
