import type { SourceTree } from "@headwater/workflow";
import { GitError } from "../git/git-error.js";
import type { GitObject, ObjectReader } from "../git/object-reader.js";
import {
  proposedEntriesMax,
  readableOf,
  readCommitFiles,
  TreeTooLarge,
  type CommitFiles,
} from "./commit-files.js";
import { parseCommit, type CommitObject } from "./commit-object.js";
import { readCommitTree, readContents, type ContentReading, type FileTree } from "./commit-tree.js";
import type { MirrorCaches } from "./mirror-caches.js";
import { parseTree, type TreeEntry } from "./tree-object.js";

/** Commits that are read to find out whether one comes from another one; most pull requests have few. */
const FOLLOWED_MAX = 5;

const MEBIBYTE = 1024 * 1024;
/** A message of any length that anybody would read, with all signatures. */
const COMMIT_MEBIBYTES_MAX = 4;
/** Some 250,000 files beside each other. */
const FOLDER_MEBIBYTES_MAX = 16;

/**
 * Commits of a mirror and their trees, each read once as long as it is remembered. All @throws GitError when the mirror lacks something,
 * TreeTooLarge for a commit or a folder that somebody has forged to fill the memory.
 */
export class CommitReader {
  readonly #objects: ObjectReader;
  readonly #caches: MirrorCaches;
  /** The commit whose files were read last: the next one is compared with it. */
  #lastRead = "";

  constructor(objects: ObjectReader, caches: MirrorCaches) {
    this.#objects = objects;
    this.#caches = caches;
  }

  /** Whether the mirror has all of these. */
  async has(commits: readonly string[]): Promise<boolean> {
    for (const commit of commits)
      if ((await this.#objects.find(`${commit}^{commit}`, 0)) === null) return false;
    return true;
  }

  async read(commit: string): Promise<CommitObject> {
    const found = await this.#find(`${commit}^{commit}`, COMMIT_MEBIBYTES_MAX);
    if (found === null) throw new GitError(["cat-file"], `commit ${commit} is missing`);
    return parseCommit(found.content);
  }

  /** What the compiler reads of a commit. */
  async readTree(commit: string): Promise<SourceTree> {
    return readCommitTree(await this.#filesOf(commit), this.#reading());
  }

  async readFiles(commit: string): Promise<FileTree> {
    return this.#treeOf(await this.#filesOf(commit));
  }

  /** The same of a tree that a merge with the commit `base` would make. @throws TreeTooLarge */
  async readMerged(treeId: string, base: string): Promise<FileTree> {
    const { files } = this.#caches;
    const before = await this.#filesOf(base);
    const reading = { readTree: (id: string) => this.#entriesOf(id), entriesMax: proposedEntriesMax(before) };
    const read = files.find(treeId) ?? (await readCommitFiles(treeId, before, reading));
    files.add(treeId, read);
    return this.#treeOf(read);
  }

  /** Whether a commit comes from another one, as far as a few commits tell: then a merge of the two has the tree of the first. */
  async comesFrom(head: string, base: string): Promise<boolean> {
    let [commit, read]: [string | undefined, number] = [head, 0];
    while (commit !== undefined && read < FOLLOWED_MAX) {
      if (commit === base) return true;
      const { parents }: CommitObject = await this.read(commit);
      if (parents.includes(base)) return true;
      [commit, read] = [parents[0], read + 1];
    }
    return false;
  }

  #treeOf(files: CommitFiles): FileTree {
    return {
      files,
      readContents: (paths, isKnown) =>
        readContents(readableOf(paths), files, { isKnown, ...this.#reading() }),
    };
  }

  #reading(): ContentReading {
    return { reader: this.#objects, cache: this.#caches.blobs };
  }

  /** Only folders are read that are other than in the commit before. */
  async #filesOf(commit: string): Promise<CommitFiles> {
    const { files } = this.#caches;
    const known = files.find(commit);
    if (known !== undefined) return known;
    const before = files.find(this.#lastRead) ?? null;
    const { treeId } = await this.read(commit);
    const read = await readCommitFiles(treeId, before, { readTree: (id) => this.#entriesOf(id) });
    files.add(commit, read);
    this.#lastRead = commit;
    return read;
  }

  async #entriesOf(id: string): Promise<readonly TreeEntry[]> {
    const { trees } = this.#caches;
    const known = trees.find(id);
    if (known !== undefined) return known;
    const found = await this.#find(id, FOLDER_MEBIBYTES_MAX);
    if (found?.type !== "tree") throw new GitError(["cat-file"], `tree ${id} is missing`);
    const entries = parseTree(found.content, id.length / 2);
    trees.add(id, entries);
    return entries;
  }

  async #find(name: string, mebibytesMax: number): Promise<GitObject | null> {
    const bytesMax = mebibytesMax * MEBIBYTE;
    const found = await this.#objects.find(name, bytesMax);
    if (found !== null && found.size > bytesMax) {
      const what = found.type === "commit" ? "a commit" : "a folder";
      throw new TreeTooLarge(`${what} of it takes more than ${mebibytesMax} MiB by itself`);
    }
    return found;
  }
}
