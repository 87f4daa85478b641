import type { Pin, Repository } from "@headwater/api";
import { environmentOption } from "./environment-text.js";
import { plain } from "./table.js";
import { instantText } from "./time-text.js";

const SHORT = 12;

/**
 * The shell commands that make a branch what its environment is pinned to, in a clone: one commit with the files of the pinned commit, whatever
 * has been merged since. Source: https://git-scm.com/docs/git-restore
 */
export function revertOf(
  { project, environment, commit, by, reason, at }: Pin,
  { url, branch }: Pick<Repository, "url" | "branch">,
): readonly string[] {
  const short = commit.slice(0, SHORT);
  const subject = `Take ${branch} back to ${short}: ${plain(reason)}`;
  const body = `${environment} of ${project} is pinned to it by ${plain(by)} since ${instantText(at)}.`;
  const work = `back-to-${short}`;
  return [
    `# In a clone of ${plain(url)}`,
    "git fetch origin",
    `git switch --create ${work} ${quoted(`origin/${branch}`)}`,
    `git restore --source=${commit} --staged --worktree -- :/`,
    `git commit --message ${quoted(subject)} --message ${quoted(body)}`,
    `git push --set-upstream origin ${work}`,
    `# When that is merged: headwater unpin ${project}${environmentOption(environment)}`,
  ];
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
