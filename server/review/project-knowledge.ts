import type { RunInFlight } from "@headwater/workflow";
import type { RepositoryRow, Store } from "../store/store.js";

/** What only we know of a project. */
export interface ProjectKnowledge {
  /** How long runs usually take, in milliseconds by workflow. */
  readonly history: readonly (readonly [workflow: string, durationMs: number])[];
  /** Those of what the repository has deployed: runs of previews are no business of a merge. */
  readonly runs: readonly RunInFlight[];
}

/** What is known of the projects of a repository. */
export async function knowledgeOf(
  { id: repositoryId }: Pick<RepositoryRow, "id">,
  store: Pick<Store, "listUsualDurations" | "listUnfinishedRuns" | "listEnvironments">,
): Promise<ProjectKnowledge> {
  const [usual, runs, environments] = await Promise.all([
    store.listUsualDurations({ repositoryId }),
    store.listUnfinishedRuns(),
    store.listEnvironments(),
  ]);
  const own = environments.filter((one) => one.repositoryId === repositoryId);
  const isDeployed = (run: { readonly project: string; readonly environment: string }): boolean =>
    own.some(({ project, environment }) => project === run.project && environment === run.environment);
  return {
    history: usual.map(({ workflow, medianMs }) => [workflow, medianMs] as const),
    runs: runs
      .filter((run) => run.repositoryId === repositoryId && isDeployed(run))
      .map(({ project, workflow, number, status }) => ({
        workflow,
        name: `${project}/${workflow}#${number}`,
        status: status === "running" ? "running" : "queued",
      })),
  };
}
