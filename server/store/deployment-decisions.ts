import type { Actor } from "@headwater/engine";

/** Somebody, with why and when. */
export type Decided = Actor & { readonly at: number };

/** Somebody has seen what a commit would remove, and wants it: of that very commit, and of no later one. */
export interface ConfirmationRow extends Decided {
  readonly repositoryId: string;
  readonly commit: string;
}

/** An environment that is kept at a commit whatever its branch does, until somebody undoes it. */
export interface PinRow extends Decided {
  readonly project: string;
  readonly environment: string;
  readonly repositoryId: string;
  readonly commit: string;
  /** Who has undone it, or pinned the environment to another commit; null while it holds. */
  readonly ended: Decided | null;
}

/** An environment, and whose it is. */
export type OwnedPlace = Pick<PinRow, "project" | "environment" | "repositoryId">;

/** What people decide of deployments. A pin begins with the activation of its commit: see `Activation.pin`. */
export interface DeploymentDecisions {
  /** False when somebody has confirmed the commit already: the first one stays, until another commit of the branch is activated. */
  confirmCommit(confirmation: ConfirmationRow): Promise<boolean>;
  /** Null when nobody has, since the branch last left the commit. */
  findConfirmation(repositoryId: string, commit: string): Promise<ConfirmationRow | null>;
  /** Ends the pin of an environment, which stays on record. False when it has none. */
  endPin(place: Pick<PinRow, "project" | "environment">, ended: Decided): Promise<boolean>;
  /** Environments whose deployed settings ask for signed commits. */
  listSignedEnvironments(): Promise<readonly OwnedPlace[]>;
  /** Patterns of the branches whose workflows backfills may run in an environment, as its deployed settings say. */
  listBackfillBranches(place: Pick<PinRow, "project" | "environment">): Promise<readonly string[]>;
  /** Those that hold, by project and environment. */
  listOpenPins(): Promise<readonly PinRow[]>;
  /** Those of a project, or of all, newest first; those that have ended among them. */
  listPins(query: { readonly project?: string; readonly limit: number }): Promise<readonly PinRow[]>;
}
