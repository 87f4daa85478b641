import type { PrunedPage, PruneQuery } from "./retention.js";

/** Which deployments are thrown away, and what of Git is still needed. */
export interface DeploymentRetention {
  /**
   * Looks at the next deployments, oldest first, and forgets those that ended before `endedBefore`. Kept are those that others still need: the
   * newest of each repository, the newest that was activated of each repository and in each environment, those that began a pin that holds, and
   * those of commits that some run has, which may ask for the versions of then. `next` is where to go on; null at the end.
   */
  pruneDeployments(query: PruneQuery & { readonly endedBefore: number }): Promise<PrunedPage>;
  /** Of these commits those that are needed: by a run, a backfill that goes on, a deployment that is listed, an environment, a pin that holds, or as the head; of the repository, or of a branch that it declares. */
  filterNeededCommits(repositoryId: string, commits: readonly string[]): Promise<readonly string[]>;
}
