import type { ProjectSettings } from "@headwater/workflow";

/** One environment, as `headwater.yaml` declares it. */
export type EnvironmentSettings = ProjectSettings["environments"][string];

/** That a branch is followed because the `headwater.yaml` of a registered repository declares an environment for it. */
export interface Declaration extends Pick<EnvironmentSettings, "triggers" | "backfillsFrom"> {
  /** The id of the registered repository. */
  readonly by: string;
  readonly environment: string;
}

/** What `headwater.yaml` says of environments, as it is deployed. */
export interface DeployedEnvironments {
  /** The environment in which that commit is deployed. */
  readonly own: string;
  readonly environments: Readonly<Record<string, EnvironmentSettings>>;
}

/** What the store knows of the branches that are followed because they are declared. */
export interface DeclaredBranchRows {
  /**
   * What the commit declares that a repository has deployed. Null while that is unknown: nothing of it is live, or somebody has pinned it,
   * and a pin leaves other environments alone.
   */
  findDeployedEnvironments(repositoryId: string): Promise<DeployedEnvironments | null>;

  /** The same of all repositories, by their ids, in one look; those of which it is unknown are not among them. */
  listDeployedEnvironments(): Promise<ReadonlyMap<string, DeployedEnvironments>>;
}
