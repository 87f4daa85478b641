import { createHash, type Hash } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ObjectReader } from "../git/object-reader.js";
import { GitError } from "../git/git-error.js";
import type { TreeFile, TreeListing } from "./tree-listing.js";

/** What is read ahead while files are written; a larger file goes to the disk piece by piece. */
const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_FILES = 128;

/**
 * Makes the folder hold the files of a tree and nothing else. Through `cat-file`, not `git checkout`: no filter, hook,
 * link or submodule of the repository has a say. Every file is held to its blob id, which is a hash of its bytes.
 * @throws GitError for a blob that is missing or damaged
 */
export async function writeWorkingCopy(
  listing: TreeListing,
  reader: ObjectReader,
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

async function writeFile(file: TreeFile, reader: ObjectReader, folder: string): Promise<void> {
  // "wx": a tree with the same path twice, which only a forged one has, must not write twice.
  const handle = await open(join(folder, file.path), "wx", file.executable ? 0o755 : 0o644);
  const hash = startBlobId(file);
  const write = async (piece: Buffer): Promise<void> => {
    hash.update(piece);
    await handle.writeFile(piece);
  };
  try {
    await readInto(write, file, reader);
  } finally {
    await handle.close();
  }
  if (hash.digest("hex") !== file.blobId) throw unusable(file, "damaged");
}

async function readInto(
  write: (piece: Buffer) => Promise<void>,
  file: TreeFile,
  reader: ObjectReader,
): Promise<void> {
  if (file.sizeBytes > BATCH_BYTES) {
    return reader.stream(file.blobId, async (pieces) => {
      for await (const piece of pieces) await write(piece);
    });
  }
  const blob = await reader.read(file.blobId, Infinity);
  if (blob === null) throw unusable(file, "missing");
  await write(blob);
}

/** Git's id of a blob is the hash of its length and its bytes: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
function startBlobId({ blobId, sizeBytes }: TreeFile): Hash {
  return createHash(blobId.length === 64 ? "sha256" : "sha1").update(`blob ${sizeBytes}\0`);
}

function unusable({ blobId, path }: TreeFile, state: string): GitError {
  return new GitError(["cat-file"], `blob ${blobId} of "${path}" is ${state}`);
}
