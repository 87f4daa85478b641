import {
  canonicalJson,
  checkDeployable,
  type CompiledProject,
  type CompiledWorkflow,
} from "@headwater/workflow";
import type { LocatedDiagnostic } from "../store/located-diagnostic.js";
import type { RepositoryRow, WorkflowKey, WorkflowRow } from "../store/store.js";
import { repositoryKey } from "../source/remote/repository-url.js";
import { versionId } from "./activated-workflow.js";

/** What a commit would do. Only `active` changes anything. */
export type DeploymentPlan =
  | { readonly status: "refused"; readonly reason: string }
  | ({
      readonly status: "held" | "active";
      readonly project: string;
      readonly reason: string;
      /** What this branch left in other places: its project or environment was named otherwise before. */
      readonly buried: readonly WorkflowKey[];
    } & WorkflowChanges);

/** By id, sorted; `unchanged` counts those whose definition is the same. */
export interface WorkflowChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: number;
  /** How many of the unchanged have other operational properties, which hold for queued runs at once. */
  readonly reconfigured: number;
}

export interface PlanRequest {
  readonly compiled: CompiledProject;
  readonly diagnostics: readonly LocatedDiagnostic[];
  readonly repository: RepositoryRow;
  readonly repositories: readonly RepositoryRow[];
  /** Null when no environment of the project is of this branch. */
  readonly environment: string | null;
  /** Live workflows of all projects and environments. */
  readonly live: readonly WorkflowRow[];
}

/** Decides, without doing anything: a refusal, a hold, or the changes to make. */
export function planDeployment(request: PlanRequest): DeploymentPlan {
  const { compiled, diagnostics } = request;
  const { project } = compiled.settings;
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) return refused(describeErrors(errors));
  const [obstacle] = checkDeployable(compiled);
  if (obstacle !== undefined || project === null)
    return refused(obstacle?.message ?? "The project has no name");
  if (request.environment === null) return refused(describeStray(request));
  const place = { project, environment: request.environment };
  const owner = findOtherOwner(request, place);
  if (owner !== undefined) {
    return refused(
      `Project "${project}" belongs to repository "${owner.name}" ("${owner.url}"): choose another name in "headwater.yaml"`,
    );
  }
  return planChanges(request, place);
}

/** Where the workflows of a commit are to live. */
interface Place {
  readonly project: string;
  readonly environment: string;
}

function planChanges({ compiled, repository, live }: PlanRequest, place: Place): DeploymentPlan {
  const { project } = place;
  const own = live.filter((row) => isIn(row, place));
  const buried = live
    .filter((row) => row.repositoryId === repository.id && !isIn(row, place))
    .map(({ project, environment, workflow }) => ({ project, environment, workflow }));
  const changes = compareWorkflows(project, compiled.workflows, own);
  const hold = reasonToHold({
    lost: changes.removed.length + buried.length,
    live: own.length + buried.length,
    where: describePlaces(buried),
    policy: compiled.settings.policies.maxDeletedWorkflows,
  });
  if (hold !== null) return { status: "held", reason: hold, project, buried, ...changes };
  return { status: "active", reason: describeChanges(changes, buried), project, buried, ...changes };
}

function isIn(row: WorkflowRow, { project, environment }: Place): boolean {
  return row.project === project && row.environment === environment;
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

function describeStray({ compiled, repository }: PlanRequest): string {
  const declared = Object.entries(compiled.settings.environments)
    .map(([environment, { branch }]) => `"${branch}" (${environment})`)
    .join(", ");
  return (
    `Branch "${repository.branch}" is of no environment: the environments in "headwater.yaml" have ${declared}. ` +
    `Add one for this branch, or follow one of those`
  );
}

/**
 * A project may be followed on several branches, each an environment, but from one place only; and an environment by
 * one repository only. What a repository that is no longer registered left behind may be taken over.
 */
function findOtherOwner(
  { repository, live, repositories }: PlanRequest,
  { project, environment }: Place,
): RepositoryRow | undefined {
  const here = repositoryKey(repository.url);
  return repositories.find(
    (other) =>
      other.id !== repository.id &&
      live.some(
        (row) =>
          row.repositoryId === other.id &&
          row.project === project &&
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
  const properties = new Map(live.map((row) => [row.workflow, canonicalJson(row.properties)]));
  const ids = new Set(compiled.map(({ id }) => id));
  const added = compiled.filter(({ id }) => !versions.has(id)).map(({ id }) => id);
  const known = compiled.filter(({ id }) => versions.has(id));
  const isSame = (workflow: CompiledWorkflow): boolean =>
    versions.get(workflow.id) === versionId(project, workflow);
  const changed = known.filter((workflow) => !isSame(workflow)).map(({ id }) => id);
  const reconfigured = known.filter(
    (workflow) => isSame(workflow) && properties.get(workflow.id) !== canonicalJson(workflow.properties),
  );
  return {
    added,
    changed,
    removed: [...versions.keys()].filter((id) => !ids.has(id)).sort(),
    unchanged: compiled.length - added.length - changed.length,
    reconfigured: reconfigured.length,
  };
}

/**
 * A folder that was moved by mistake must not stop a hundred pipelines. Without a policy only the loss of all is held;
 * the only workflow of a project may be renamed, and so may a project of one workflow.
 */
function reasonToHold(loss: {
  readonly lost: number;
  readonly live: number;
  readonly where: string;
  readonly policy: number | null;
}): string | null {
  const { lost, live, where, policy } = loss;
  const tooMany = policy === null ? lost === live && live > 1 : lost > policy * live;
  if (lost === 0 || !tooMany) return null;
  const limit =
    policy === null ? "all of them at once is held" : `at most ${Math.round(policy * 100)}% may go at once`;
  const share = Math.min(100, Math.ceil((lost / live) * 100));
  return (
    `It would remove ${lost} of ${count(live, "workflow")}${where}, ${limit}: bring them back, ` +
    `or set "policies: { max_deleted_workflows: ${share}% }" in "headwater.yaml" if it is meant`
  );
}

function describeChanges(
  { added, changed, removed, unchanged, reconfigured }: WorkflowChanges,
  buried: readonly WorkflowKey[],
): string {
  const parts = [
    [added.length, "added"],
    [changed.length, "changed"],
    [removed.length, "removed"],
    [reconfigured, "with other properties"],
    [unchanged - reconfigured, "unchanged"],
    [buried.length, `removed${describePlaces(buried)}`],
  ] as const;
  const named = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return `${count(added.length + changed.length + unchanged, "workflow")}: ${named.join(", ")}`;
}

/** ` from project "a" (production)`, for a project or an environment that has another name now. */
function describePlaces(buried: readonly WorkflowKey[]): string {
  const places = new Set(buried.map(({ project, environment }) => `project "${project}" (${environment})`));
  return places.size === 0 ? "" : ` from ${[...places].join(", ")}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
