import { join } from "node:path";
import type { RewrittenHistory } from "../../store/deployment-row.js";
import type { Git } from "../git/git.js";
import { GitError, saysNo } from "../git/git-error.js";
import { exists } from "./folder-swap.js";

/** A deployment waits no longer for it: of a million commits it is not told. */
const PATIENCE_MS = 10_000;

/**
 * How a head does not go on from the one before, both of which the mirror has; null when it does, or when counting takes too long.
 * @throws GitStopped
 */
export async function readRewritten(
  { before, head }: { readonly before: string; readonly head: string },
  { git, gitFolder }: { readonly git: Git; readonly gitFolder: string },
): Promise<RewrittenHistory | null> {
  const ask = (...args: readonly string[]): Promise<string> =>
    git.run([...args, before], { gitFolder, silenceMs: PATIENCE_MS });
  try {
    const commits = Number(await ask("rev-list", "--count", `^${head}`));
    if (commits === 0) return null;
    // Of a commit that was rescued alone nobody knows what was before it.
    if (await exists(join(gitFolder, "shallow"))) return { from: before, commits: null, isUnrelated: false };
    return { from: before, commits, isUnrelated: !(await haveCommon(() => ask("merge-base", head))) };
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}

/** That there is none git tells by its exit code alone. Source: git-merge-base(1) */
async function haveCommon(ask: () => Promise<string>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (saysNo(error)) return false;
    throw error;
  }
}
