import type { SourceTree } from "@headwater/workflow";
import type { CommitReader } from "./commit-reader.js";
import { FETCH } from "./fetch-heads.js";
import { previewRef } from "./preview-refs.js";
import type { Git } from "../git/git.js";
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
}

/** A merge that nobody has made. */
export interface MergePreview {
  /** The head of the branch. */
  readonly base: string;
  /** The id of the tree of what is to be merged. */
  readonly headTree: string;
  /** Reads the branch before and after it, which takes memory. Null when the two conflict. @throws ServiceError repository-unreachable, TreeTooLarge */
  readonly read: (() => Promise<MergedTrees>) | null;
}

/** A branch before and after a merge. */
export interface MergedTrees {
  readonly before: SourceTree;
  readonly after: SourceTree;
}

const REF = /^refs\/[A-Za-z0-9._/@+-]{1,250}$/;

/** What was fetched of the ref may go; none is no error. @throws GitError */
export async function forgetHead(
  ref: string,
  { git, gitFolder }: { readonly git: Git; readonly gitFolder: string },
): Promise<void> {
  await git.run(["update-ref", "-d", headPreviewRef(ref)], { gitFolder });
}

/** Where what is fetched of a ref of the other side is kept. @throws GitError */
function headPreviewRef(ref: string): string {
  if (!REF.test(ref) || ref.includes("..")) throw new GitError(["fetch"], `"${ref}" is no name of a ref`);
  return previewRef("head", ref);
}

/** Fetches a branch, and with it a ref where one is asked for. Returns the head of the branch. @throws GitError */
export async function fetchForPreview(
  { ref, base }: Pick<MergeRequest, "base"> & { readonly ref?: string },
  { git, url, gitFolder }: { readonly git: Git; readonly url: string; readonly gitFolder: string },
): Promise<{ readonly base: string }> {
  const place = previewRef("base", base);
  const heads = ref === undefined ? [] : [`+${ref}:${headPreviewRef(ref)}`];
  const refspecs = [...heads, `+refs/heads/${base}:${place}`];
  await git.run([...FETCH, url, ...refspecs], { gitFolder, remote: url });
  const head = await git.run(["rev-parse", "--verify", "--end-of-options", `${place}^{commit}`], {
    gitFolder,
  });
  return { base: head.trim() };
}

/**
 * The id of the tree that a merge would give; null when it conflicts. Nothing of the repository's configuration counts, and no
 * driver of its attributes is run, for none is configured. The same of two that have nothing in common. @throws GitError
 */
export async function mergeTrees(
  { base, head }: { readonly base: string; readonly head: string },
  git: Git,
  gitFolder: string,
): Promise<string | null> {
  try {
    const args = ["merge-tree", "--write-tree", "--no-messages", "--end-of-options", base, head];
    return (await git.run(args, { gitFolder })).trim();
  } catch (error) {
    // Conflicts are told by the exit code alone. Source: git-merge-tree(1), EXIT STATUS.
    const isUnrelated =
      error instanceof GitError && /refusing to merge unrelated histories/.test(error.output);
    if (isUnrelated || saysNo(error)) return null;
    throw error;
  }
}

/** Reads both sides of a merge when it is called; null where there is no merge. @param merged the id of its tree */
export function readMerge(
  merged: string | null,
  {
    base,
    url,
    commits,
    mirror,
  }: {
    readonly base: string;
    readonly url: string;
    readonly commits: Pick<CommitReader, "readMerged">;
    readonly mirror: { readTree(commit: string): Promise<SourceTree> };
  },
): MergePreview["read"] {
  if (merged === null) return null;
  return async () => {
    try {
      return { before: await mirror.readTree(base), after: await commits.readMerged(merged, base) };
    } catch (error) {
      throw error instanceof GitError ? unreachable(url, error) : error;
    }
  };
}
