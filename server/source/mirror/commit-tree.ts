import type { SourceTree } from "@headwater/workflow";
import type { ContentCache } from "../git/content-cache.js";
import { GitError } from "../git/git-error.js";
import type { ObjectReader } from "../git/object-reader.js";
import { ContentsTooLarge, isReadable, TREE_BYTES_MAX, type CommitFiles } from "./commit-files.js";

/** One byte more than the compiler accepts of one file (LANGUAGE.md, Files), so that it sees that there is more. */
const MAX_FILE_BYTES = 256 * 1024 + 1;
/** Files that are asked for at once: so many may be read that then find no place. */
const BATCH_FILES = 200;

/** Files of a commit that somebody has made, or would make by a merge. */
export interface FileTree {
  readonly files: CommitFiles;
  /** Reads what a compiler may ask for of some of them, see `readContents`. */
  readonly readContents: (paths: readonly string[], isKnown: IsKnown) => Promise<Contents>;
}

/** Bytes, by their ids. */
export type Contents = ReadonlyMap<string, Uint8Array>;

/** Whether whoever asks for contents has the one of that id already. */
export type IsKnown = (id: string) => boolean;

/** What contents are read from. */
export interface ContentReading {
  readonly reader: ObjectReader;
  readonly cache: ContentCache<Uint8Array>;
}

/** Reads files into memory, the first ones where all are too much. @param paths of files of the commit */
export async function readContents(
  paths: readonly string[],
  { blobs }: Pick<CommitFiles, "blobs">,
  { isKnown = () => false, ...reading }: ContentReading & { readonly isKnown?: IsKnown },
): Promise<Contents> {
  const contents = new Map<string, Uint8Array>();
  let bytes = 0;
  for (let start = 0; start < paths.length && bytes <= TREE_BYTES_MAX; start += BATCH_FILES) {
    const batch = paths
      .slice(start, start + BATCH_FILES)
      .map((path) => [blobs.get(path) ?? "", path] as const);
    const wanted = new Map(batch.filter(([id]) => !isKnown(id) && !contents.has(id)));
    for (const [id, content] of await readBlobs(wanted, reading)) {
      bytes += content.length;
      if (bytes <= TREE_BYTES_MAX) contents.set(id, content);
    }
  }
  return contents;
}

/**
 * With all that a compiler may ask for in memory. Other files are listed, so that a reference to them can be checked, and not read. One
 * that found no place there is no empty one: whoever asks for it is told. Its `read` @throws ContentsTooLarge
 */
export async function readCommitTree(files: CommitFiles, reading: ContentReading): Promise<SourceTree> {
  const { treeId, since, blobs, executables, leftOut, paths, readable } = files;
  const contents = await readContents(readable, files, reading);
  return {
    paths,
    state: treeId,
    ...(since === null ? {} : { since: { state: since.treeId, changed: since.changed } }),
    contentId: (path) => blobs.get(path),
    read: (path) => contentOf(path, blobs.get(path), contents),
    isExecutable: (path) => (blobs.has(path) ? executables.has(path) : undefined),
    leftOut,
  };
}

/** Undefined for what nobody has, or has read. @param id of the content; none where there is no such file. @throws ContentsTooLarge */
export function contentOf(path: string, id: string | undefined, contents: Contents): Uint8Array | undefined {
  const content = id === undefined ? undefined : contents.get(id);
  if (id !== undefined && content === undefined && isReadable(path)) throw new ContentsTooLarge();
  return content;
}

/** Nearly all are known of a commit before, and nothing is waited for. @param wanted paths by the ids of the blobs */
async function readBlobs(
  wanted: ReadonlyMap<string, string>,
  { reader, cache }: ContentReading,
): Promise<Contents> {
  const blobs = new Map<string, Uint8Array>();
  const missing: string[] = [];
  for (const id of wanted.keys()) {
    const known = cache.find(id);
    if (known === undefined) missing.push(id);
    else blobs.set(id, known);
  }
  if (missing.length === 0) return blobs;
  const read = await Promise.all(missing.map((id) => reader.read(id, MAX_FILE_BYTES)));
  for (const [index, id] of missing.entries()) {
    const blob = read[index];
    if (blob == null) throw new GitError(["cat-file"], `blob ${id} of "${wanted.get(id)}" is missing`);
    cache.add(id, blob);
    blobs.set(id, blob);
  }
  return blobs;
}
