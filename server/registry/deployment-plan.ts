import type { CompiledProject, CompiledWorkflow } from "@headwater/workflow";
import type { LocatedDiagnostic, RepositoryRow, WorkflowRow } from "../store/store.js";
import { repositoryKey } from "../source/remote/repository-url.js";
import { versionId } from "./activated-workflow.js";

/** What a commit would do. Only `active` changes anything. */
export type DeploymentPlan =
  | { readonly status: "refused"; readonly reason: string }
  | ({
      readonly status: "held" | "active";
      readonly project: string;
      readonly reason: string;
    } & WorkflowChanges);

/** By id, sorted; `unchanged` counts. */
export interface WorkflowChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: number;
}

export interface PlanRequest {
  readonly compiled: CompiledProject;
  readonly diagnostics: readonly LocatedDiagnostic[];
  readonly repository: RepositoryRow;
  readonly repositories: readonly RepositoryRow[];
  readonly environment: string;
  /** Live workflows of the project, of all environments. */
  readonly live: readonly WorkflowRow[];
}

/** Decides, without doing anything: a refusal, a hold, or the changes to make. */
export function planDeployment(request: PlanRequest): DeploymentPlan {
  const { compiled, diagnostics } = request;
  const { project } = compiled.settings;
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) return refused(describeErrors(errors));
  if (project === null) {
    return refused(
      `The repository names no project: add a "headwater.yaml" with "project: <name>" to its root`,
    );
  }
  if (compiled.workflows.length === 0) return refused(describeAbsence(compiled));
  const owner = findOtherOwner(request);
  if (owner !== undefined) {
    return refused(
      `Project "${project}" belongs to repository "${owner.name}" ("${owner.url}"): choose another name in "headwater.yaml"`,
    );
  }
  const own = request.live.filter(({ environment }) => environment === request.environment);
  const changes = compareWorkflows(project, compiled.workflows, own);
  const hold = reasonToHold(changes, own.length, compiled.settings.policies.maxDeletedWorkflows);
  if (hold !== null) return { status: "held", project, reason: hold, ...changes };
  return { status: "active", project, reason: describeChanges(changes), ...changes };
}

function refused(reason: string): DeploymentPlan {
  return { status: "refused", reason };
}

function describeErrors(errors: readonly LocatedDiagnostic[]): string {
  const files = new Set(errors.map(({ file }) => file)).size;
  const [first] = errors;
  const place = first === undefined ? "" : `: ${first.file}:${first.line}:${first.column} ${first.message}`;
  return `${count(errors.length, "error")} in ${count(files, "file")}${place}`;
}

function describeAbsence({ settings }: CompiledProject): string {
  const places = settings.workflows.map((pattern) => `"${pattern}"`).join(", ");
  return `There is no workflow: add a file that ends in ".workflow.yaml" where "headwater.yaml" looks for them (${places})`;
}

/**
 * A project may be followed on several branches, each an environment, but from one place only; and an environment by
 * one repository only. What a repository that is no longer registered left behind may be taken over.
 */
function findOtherOwner(request: PlanRequest): RepositoryRow | undefined {
  const { repository, environment, live, repositories } = request;
  const here = repositoryKey(repository.url);
  return repositories.find(
    (other) =>
      other.id !== repository.id &&
      live.some(
        (row) =>
          row.repositoryId === other.id &&
          (row.environment === environment || repositoryKey(other.url) !== here),
      ),
  );
}

function compareWorkflows(
  project: string,
  compiled: readonly CompiledWorkflow[],
  live: readonly WorkflowRow[],
): WorkflowChanges {
  const versions = new Map(live.map((row) => [row.workflow, row.versionId]));
  const ids = new Set(compiled.map(({ id }) => id));
  const added = compiled.filter(({ id }) => !versions.has(id)).map(({ id }) => id);
  const changed = compiled
    .filter(
      (workflow) => versions.has(workflow.id) && versions.get(workflow.id) !== versionId(project, workflow),
    )
    .map(({ id }) => id);
  return {
    added,
    changed,
    removed: [...versions.keys()].filter((id) => !ids.has(id)).sort(),
    unchanged: compiled.length - added.length - changed.length,
  };
}

/**
 * A folder that was moved by mistake must not stop a hundred pipelines. Without a policy only the loss of all is held;
 * the only workflow of a project may be renamed.
 */
function reasonToHold({ removed }: WorkflowChanges, live: number, policy: number | null): string | null {
  const tooMany = policy === null ? removed.length === live && live > 1 : removed.length > policy * live;
  if (removed.length === 0 || !tooMany) return null;
  const limit =
    policy === null ? "all of them at once is held" : `at most ${Math.round(policy * 100)}% may go at once`;
  const share = Math.min(100, Math.ceil((removed.length / live) * 100));
  return (
    `It would remove ${removed.length} of ${count(live, "workflow")}, ${limit}: bring them back, ` +
    `or set "policies: { max_deleted_workflows: ${share}% }" in "headwater.yaml" if it is meant`
  );
}

function describeChanges({ added, changed, removed, unchanged }: WorkflowChanges): string {
  const parts = [
    [added.length, "added"],
    [changed.length, "changed"],
    [removed.length, "removed"],
    [unchanged, "unchanged"],
  ] as const;
  const named = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return `${count(added.length + changed.length + unchanged, "workflow")}: ${named.join(", ")}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
