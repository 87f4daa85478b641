import { TreeTooLarge } from "./commit-files.js";
import type { CommitReader } from "./commit-reader.js";
import type { FileTree } from "./commit-tree.js";
import type { Git, GitPlace } from "../git/git.js";
import { GitError, saysNo } from "../git/git-error.js";
import { unreachable } from "../remote/remote.js";

export interface MergeRequest {
  /** The commit that is to be merged. */
  readonly head: string;
  /** Where the other side shows it, such as `refs/pull/7/head`. */
  readonly ref: string;
  /** The branch that it is to be merged into. */
  readonly base: string;
  /** A head of the branch: nothing is fetched where the mirror has it, and the commit. */
  readonly known?: string | null;
  /** Whoever has pushed the commit may write to the repository. */
  readonly isTrusted: boolean;
}

/** A merge that nobody has made. */
export interface MergePreview {
  /** The head of the branch. */
  readonly base: string;
  /** The id of the tree of what is to be merged, or of the commit where that is too large. */
  readonly headTree: string;
  /** Reads the branch before and after it, but for contents. Null when the two conflict. @throws ServiceError repository-unreachable, TreeTooLarge */
  readonly read: (() => Promise<MergedTrees>) | null;
}

/** A branch before and after a merge. */
export interface MergedTrees {
  readonly before: FileTree;
  readonly after: FileTree;
}

/**
 * The id of the tree that a merge would give; null when it conflicts. Nothing of the repository's configuration counts, and no
 * driver of its attributes is run, for none is configured. The same of two that have nothing in common. @throws GitError
 */
async function mergeTrees(
  { base, head }: { readonly base: string; readonly head: string },
  { git, gitFolder, objectFolder }: Pick<MergingMirror, "git" | keyof GitPlace>,
): Promise<string | null> {
  try {
    const args = ["merge-tree", "--write-tree", "--no-messages", "--end-of-options", base, head];
    const place = objectFolder === undefined ? { gitFolder } : { gitFolder, objectFolder };
    return (await git.run(args, place)).trim();
  } catch (error) {
    // Conflicts are told by the exit code alone. Source: git-merge-tree(1), EXIT STATUS.
    const isUnrelated =
      error instanceof GitError && /refusing to merge unrelated histories/.test(error.output);
    if (isUnrelated || saysNo(error)) return null;
    throw error;
  }
}

/** The mirror in which two are merged. */
export interface MergingMirror extends GitPlace {
  readonly git: Git;
  readonly url: string;
  readonly commits: CommitReader;
  readonly has: (commits: readonly string[]) => Promise<boolean>;
  /** Fetches what is to be merged, and returns the head of the branch. */
  readonly fetch: () => Promise<string>;
  /** Of the branch. */
  readonly readFiles: (commit: string) => Promise<FileTree>;
}

/** See `Previews.merge`. @throws GitError, HeadTooLarge */
export async function previewMerge(
  { head, known = null }: Pick<MergeRequest, "head" | "known">,
  mirror: MergingMirror,
): Promise<MergePreview | null> {
  const { has, fetch } = mirror;
  const isHere = known !== null && (await has([known, head]));
  const base = isHere ? known : await fetch();
  if (!isHere && !(await has([head]))) return null;
  try {
    return await mergeInto(base, head, mirror);
  } catch (error) {
    if (!(error instanceof TreeTooLarge)) throw error;
    return { base, headTree: head, read: () => Promise.reject(error) };
  }
}

/** @throws GitError, TreeTooLarge */
async function mergeInto(base: string, head: string, mirror: MergingMirror): Promise<MergePreview> {
  const { commits } = mirror;
  const { treeId: headTree } = await commits.read(head);
  const isAhead = await commits.comesFrom(head, base);
  const merged = isAhead ? headTree : await mergeTrees({ base, head }, mirror);
  return { base, headTree, read: readMerge(merged, base, mirror) };
}

/** Reads both sides of a merge when it is called; null where there is no merge. @param merged the id of its tree */
function readMerge(
  merged: string | null,
  base: string,
  { url, commits, readFiles }: MergingMirror,
): MergePreview["read"] {
  if (merged === null) return null;
  const told = async <Result>(read: Promise<Result>): Promise<Result> =>
    read.catch((error: unknown) => {
      throw error instanceof GitError ? unreachable(url, error) : error;
    });
  return async () => {
    const before = await told(readFiles(base));
    const { files, readContents } = await told(commits.readMerged(merged, base));
    return {
      before,
      after: { files, readContents: (paths, isKnown) => told(readContents(paths, isKnown)) },
    };
  };
}
