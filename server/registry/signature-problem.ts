import type { ProjectSettings } from "@headwater/workflow";
import type { Source } from "../source/source.js";
import type { RepositoryRow, Store } from "../store/store.js";
import { isSamePlace } from "./deployment-plan.js";

export interface SignatureOptions {
  readonly store: Pick<Store, "listSignedEnvironments">;
  readonly source: Pick<Source, "checkSignature">;
}

/** A commit, and where it is to run. */
export interface SignedCommit {
  readonly repository: RepositoryRow;
  readonly commit: string;
  readonly settings: ProjectSettings;
  readonly project: string | null;
  readonly environment: string;
}

/**
 * Why its signature is not what the policy asks for; null when it is, or when none is asked for. What is deployed counts as well as what the
 * commit says, also of the repository that declares its branch: else an unsigned commit could turn the policy off.
 */
export async function findSignatureProblem(
  { repository, commit, settings, project, environment }: SignedCommit,
  { store, source }: SignatureOptions,
): Promise<string | null> {
  const signed = await store.listSignedEnvironments();
  const isAsked =
    settings.policies.signedCommits ||
    signed.some(
      (one) =>
        one.repositoryId === repository.id ||
        one.repositoryId === repository.declared?.by ||
        (project !== null && isSamePlace(one, { project, environment })),
    );
  return isAsked ? source.checkSignature(repository.id, commit) : null;
}
