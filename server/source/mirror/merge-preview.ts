import type { SourceTree } from "@headwater/workflow";
import { previewRef } from "./preview-refs.js";
import type { Git } from "../git/git.js";
import { GitError } from "../git/git-error.js";

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

/** A branch before and after a merge that nobody has made. */
export interface MergePreview {
  /** The head of the branch. */
  readonly base: string;
  readonly before: SourceTree;
  /** Null when the two conflict. */
  readonly after: SourceTree | null;
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
  const flags = ["--progress", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
  await git.run(["fetch", ...flags, "--end-of-options", url, ...refspecs], { gitFolder, remote: url });
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
    const isConflict = /^it ended with 1 and said nothing$|refusing to merge unrelated histories/;
    if (error instanceof GitError && isConflict.test(error.output)) return null;
    throw error;
  }
}
