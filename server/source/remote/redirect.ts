import { ServiceError } from "../../errors.js";
import { parseRepositoryUrl, repositoryHost, repositoryKey } from "./repository-url.js";

/**
 * How git tells of it over HTTP, and how GitLab tells by what it writes to whoever comes by ssh. GitHub and Gitea say nothing there.
 * Sources: https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpfollowRedirects,
 * https://docs.gitlab.com/user/project/repository/#repository-path-changes
 */
const TOLD = [/^warning: redirecting to (\S+)$/m, /^remote:\s+git remote set-url origin (\S+)\s*$/m];

/**
 * Where a host sends on who asks for a repository, because it was renamed or moved; null when it does not, or to what nobody can follow.
 * @param said what git said on its error stream
 */
export function findRedirect(url: string, said: string): string | null {
  const told = TOLD.map((pattern) => pattern.exec(said)?.[1]).find((found) => found !== undefined);
  const to = told === undefined ? null : followable(told);
  return to === null || repositoryKey(to) === repositoryKey(url) ? null : to;
}

/** Of its own repositories a host says what it likes; nobody makes what another host tells of a repository that is followed here. */
export function staysAtHost(url: string, to: string): boolean {
  return repositoryHost(url) === repositoryHost(to);
}

/** As people would write it; null for what they could not register. */
function followable(told: string): string | null {
  try {
    return parseRepositoryUrl(told.replace(/\/+$/, ""));
  } catch (error) {
    if (error instanceof ServiceError) return null;
    throw error;
  }
}
