import { fileKind, type SourceTree } from "@headwater/workflow";
import type { BlobReader } from "../git/blob-reader.js";
import type { ContentCache } from "../git/content-cache.js";
import { GitError } from "../git/git-error.js";
import type { TreeFile, TreeListing } from "./tree-listing.js";

/** One byte more than the compiler accepts of one file (LANGUAGE.md, Files), so that it sees that there is more. */
const MAX_FILE_BYTES = 256 * 1024 + 1;
/** What one tree may hold in memory; the rest of the scripts is listed but not read. */
const MAX_TREE_BYTES = 128 * 1024 * 1024;

const QUERY = /\.sql$/;
const SCRIPT = /\.(?:sh|py|js|mjs)$/;

/**
 * Reads what a compiler may ask for into memory: definitions and queries first, then scripts. Other files are listed,
 * so that a reference to them can be checked, and not read.
 */
export async function readCommitTree(
  listing: TreeListing,
  reader: BlobReader,
  cache: ContentCache<Uint8Array>,
): Promise<SourceTree> {
  const files = new Map(listing.files.map((file) => [file.path, file]));
  const contents = new Map<string, Uint8Array>();
  await Promise.all(
    chooseFiles(listing.files).map(async (file) => {
      contents.set(file.path, cache.find(file.blobId) ?? (await readBlob(file, reader, cache)));
    }),
  );
  return {
    paths: [...files.keys()].sort(),
    contentId: (path) => files.get(path)?.blobId,
    read: (path) => contents.get(path),
  };
}

function chooseFiles(files: readonly TreeFile[]): readonly TreeFile[] {
  const kinds: readonly ((path: string) => boolean)[] = [
    (path) => fileKind(path) !== null,
    (path) => QUERY.test(path),
    (path) => SCRIPT.test(path),
  ];
  const ordered = kinds.flatMap((isOfKind) => files.filter(({ path }) => isOfKind(path)));
  let bytes = 0;
  return ordered.filter(({ sizeBytes }) => {
    bytes += Math.min(sizeBytes, MAX_FILE_BYTES);
    return bytes <= MAX_TREE_BYTES;
  });
}

async function readBlob(
  file: TreeFile,
  reader: BlobReader,
  cache: ContentCache<Uint8Array>,
): Promise<Uint8Array> {
  const blob = await reader.read(file.blobId, MAX_FILE_BYTES);
  if (blob === null) throw new GitError(["cat-file"], `blob ${file.blobId} of "${file.path}" is missing`);
  cache.add(file.blobId, blob);
  return blob;
}
