import type { WorkflowProperties } from "@headwater/workflow";

/** An environment of a project, with the commit that is deployed in it. It is gone when its last workflow has a tombstone. */
export interface EnvironmentRow {
  readonly project: string;
  readonly environment: string;
  readonly repositoryId: string;
  readonly commit: string;
  /** Its `policies.max_deleted_workflows`, from 0 to 1; null where it has not said. */
  readonly maxDeletedWorkflows: number | null;
}

/** How what is live in an environment was written. */
export interface EnvironmentWriting {
  /** Names what has written all of it; null where nobody knows. */
  readonly build: string | null;
  /** Whether its triggers fire. */
  readonly triggers: boolean;
}

/** A workflow that lives, by what a deployment may change of it. */
export interface LiveWorkflow {
  readonly workflow: string;
  readonly path: string;
  /** Of its version. */
  readonly fingerprint: string;
  readonly properties: WorkflowProperties;
}
