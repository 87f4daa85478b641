import {
  checkDeployable,
  matchesGlob,
  type CompiledProject,
  type CompiledWorkflow,
} from "@headwater/workflow";
import type { Clock } from "../clock.js";
import { ServiceError } from "../errors.js";
import type { Source } from "../source/source.js";
import type { RepositoryRow, Store, WorkflowKey } from "../store/store.js";
import type { BranchVersions } from "../triggers/backfills/backfills.js";
import { versionOf } from "./activated-workflow.js";
import type { CommitCompiler } from "./compile-commit.js";
import { isSamePlace } from "./deployment-plan.js";
import { findSignatureProblem } from "./signature-problem.js";
import { workflowsWithin } from "./workflows-within.js";

export interface BranchOptions {
  readonly store: Pick<
    Store,
    "listEnvironments" | "listRepositories" | "listBackfillBranches" | "listSignedEnvironments"
  >;
  readonly source: Pick<Source, "fetchBranch" | "checkSignature">;
  readonly clock: Clock;
  readonly compiler: Pick<CommitCompiler, "compile">;
}

/**
 * A workflow as a branch has it that is not deployed, at the commit which is its head now. What counts is what the environment's deployed
 * settings allow: else a branch could allow itself.
 * @throws ServiceError invalid-backfill, not-found, branch-not-found, repository-unreachable, bad-request
 */
export async function readBranch(
  key: WorkflowKey,
  branch: string,
  options: BranchOptions,
): Promise<BranchVersions> {
  const { store, source, clock, compiler } = options;
  const refusal = (problem: string): ServiceError =>
    new ServiceError(
      "invalid-backfill",
      `Cannot backfill "${key.project}/${key.workflow}" from branch "${branch}": ${problem}`,
    );
  const repository = await findRepository(key, options);
  const allowed = await store.listBackfillBranches(key);
  if (!allowed.some((pattern) => matchesGlob(branch, pattern))) throw refusal(notAllowed(key, branch));
  const commit = await source.fetchBranch(repository.id, branch);
  const { compiled } = await compiler.compile(repository, commit);
  const unsigned = await findSignatureProblem(
    { repository, commit, settings: compiled.settings, ...key },
    options,
  );
  if (unsigned !== null)
    throw refusal(`only signed commits run here (policies.signed_commits), and of its head ${unsigned}`);
  const workflow = findWorkflow(compiled, key, refusal);
  const made = { project: key.project, commit, now: clock.now() };
  const versions = workflowsWithin(workflow, compiled).map((one) => versionOf(one, made));
  return { repositoryId: repository.id, commit, versions };
}

function notAllowed({ environment }: WorkflowKey, branch: string): string {
  return (
    `the project does not allow it in ${environment}. If it is meant, add "backfills_from: [${branch}]" to "${environment}" below ` +
    `"environments" in "headwater.yaml", and merge that first`
  );
}

async function findRepository(key: WorkflowKey, { store }: BranchOptions): Promise<RepositoryRow> {
  const [environments, repositories] = await Promise.all([
    store.listEnvironments(),
    store.listRepositories(),
  ]);
  const place = environments.find((one) => isSamePlace(one, key));
  const repository = repositories.find(({ id }) => id === place?.repositoryId);
  if (repository !== undefined) return repository;
  throw new ServiceError(
    "not-found",
    `Cannot read a branch of "${key.project}": no repository that is followed is deployed in ${key.environment}`,
  );
}

/** Its whole commit must be one that could be deployed. */
function findWorkflow(
  compiled: CompiledProject,
  { project, workflow: id }: WorkflowKey,
  refusal: (problem: string) => ServiceError,
): CompiledWorkflow {
  const errors = compiled.diagnostics.filter(({ severity }) => severity === "error");
  const [first] = [...errors, ...checkDeployable(compiled)];
  if (first !== undefined) throw refusal(`it could not be deployed. "${first.file}": ${first.message}`);
  if (compiled.settings.project !== project)
    throw refusal(`there the project is "${compiled.settings.project ?? ""}"`);
  const workflow = compiled.workflows.find((one) => one.id === id);
  if (workflow === undefined) throw refusal("it has no such workflow");
  return workflow;
}
