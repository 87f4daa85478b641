import type { Git } from "../git/git.js";
import { GitError, isAboutFolder } from "../git/git-error.js";
import { isOfOtherSide } from "../remote/remote-failure.js";

interface DamageOptions {
  readonly git: Git;
  readonly gitFolder: string;
}

/** Whether a fetch into the mirror has failed for what is in it, of which all that is kept is asked for where nobody knows. @throws GitStopped */
export async function isFetchDamaged(error: GitError, options: DamageOptions): Promise<boolean> {
  if (!isAboutFolder(error, options.gitFolder) && isOfOtherSide(error.output)) return false;
  return isDamaged(error, "--all", options);
}

/**
 * Whether reading a commit has failed for what is in the mirror. Of a git that was cut off nobody knows: then another one is asked whether all of
 * the commit is there, and where that is cut off too, nothing is made anew, which may take hours. @throws GitStopped
 */
export async function isDamaged(
  error: GitError,
  commit: string,
  { git, gitFolder }: DamageOptions,
): Promise<boolean> {
  if (!error.isCutOff) return true;
  try {
    // It knows no `--end-of-options` everywhere; a commit is hexadecimal digits, which the caller has checked.
    await git.run(["rev-list", "--objects", "--no-walk", "--quiet", commit], { gitFolder });
    return false;
  } catch (again) {
    if (!(again instanceof GitError)) throw again;
    return !again.isCutOff;
  }
}
