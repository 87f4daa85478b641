import { DEFAULT_ENVIRONMENT } from "@headwater/api";
import { actorText } from "@headwater/engine";
import {
  canonicalJson,
  checkDeployable,
  counted,
  removalLimitText,
  removesTooMuch,
  stricterShare,
  type CompiledProject,
  type CompiledWorkflow,
} from "@headwater/workflow";
import type { PinRow } from "../store/deployment-decisions.js";
import { isPreview } from "../store/previews.js";
import { leavingName, type RemovalConfirmationRow } from "../store/removal-confirmations.js";
import type { LocatedDiagnostic } from "../store/located-diagnostic.js";
import type { EnvironmentRow, LiveWorkflow } from "../store/environment-row.js";
import type { RepositoryRow, WorkflowKey } from "../store/store.js";
import { repositoryKey } from "../source/remote/repository-url.js";
import type { LiveEnvironment } from "./live-environments.js";
import type { Place } from "./registry.js";

const SHORT = 12;

/** What a commit would do. Only `active` changes anything. */
export type DeploymentPlan =
  | { readonly status: "refused"; readonly reason: string }
  | ({
      readonly status: "held" | "active";
      readonly project: string;
      readonly reason: string;
      /** What this branch left in other places: its project or environment was named otherwise before. */
      readonly buried: readonly WorkflowKey[];
      /** What goes, as confirmations name it. */
      readonly lost: readonly string[];
      /** What was said on pull requests, without which it would be held. */
      readonly confirmedBy: readonly RemovalConfirmationRow[];
    } & WorkflowChanges);

/** By id, sorted; `unchanged` counts those whose definition is the same. */
export interface WorkflowChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: number;
  /** How many of the unchanged have other operational properties, which hold for queued runs at once. */
  readonly reconfigured: number;
  /** Those that are other than what runs, in whatever it be: the store need not touch the rest. */
  readonly touched: readonly CompiledWorkflow[];
}

export interface PlanRequest {
  readonly compiled: CompiledProject;
  readonly commit: string;
  readonly diagnostics: readonly LocatedDiagnostic[];
  readonly repository: RepositoryRow;
  readonly repositories: readonly RepositoryRow[];
  /** Null when no environment of the project is of this branch. */
  readonly environment: string | null;
  /** All that there are. */
  readonly environments: readonly EnvironmentRow[];
  /** Those that the commit may change: its own, and those that its repository has deployed to. */
  readonly live: readonly LiveEnvironment[];
  /** Why its signature is not what the policy asks for; null when it is, or when none is asked for. */
  readonly signatureProblem: string | null;
  readonly decisions: HumanDecisions;
}

/** What people have decided, beside what the branch says. */
export interface HumanDecisions {
  /** The pins that hold. */
  readonly pins: readonly PinRow[];
  /** Set when somebody pins this environment to the commit now: nothing holds that, and other places are left alone. */
  readonly pinning: Place | null;
  /** Somebody has seen what this commit removes, and wants it. */
  readonly isConfirmed: boolean;
  /** What pull requests for this branch may remove. */
  readonly removals: readonly RemovalConfirmationRow[];
}

/** Decides, without doing anything: a refusal, a hold, or the changes to make. */
export function planDeployment(request: PlanRequest): DeploymentPlan {
  const { project } = request.compiled.settings;
  const problem = findProblem(request);
  if (problem !== null || project === null) return refused(problem ?? "The project has no name");
  if (request.environment === null) return refused(describeStray(request));
  if (isPreview({ environment: request.environment }))
    return refused(
      `"${request.environment}" is where a pull request is previewed: name the environment otherwise`,
    );
  const place = { project, environment: request.environment };
  const owner = findOtherOwner(request, place);
  if (owner !== undefined) {
    return refused(
      `Project "${project}" belongs to repository "${owner.name}" ("${owner.url}"): choose another name in "headwater.yaml"`,
    );
  }
  const { pinning } = request.decisions;
  if (pinning !== null && !isSamePlace(place, pinning))
    return refused(`It deploys ${place.environment} of "${project}"`);
  return planChanges(request, place);
}

/** What is wrong with the commit itself, wherever it would go. */
function findProblem({ compiled, diagnostics, signatureProblem }: PlanRequest): string | null {
  if (signatureProblem !== null)
    return `Only signed commits are deployed (policies.signed_commits): ${signatureProblem}`;
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) return describeErrors(errors);
  const [obstacle] = checkDeployable(compiled);
  return obstacle?.message ?? null;
}

function planChanges(request: PlanRequest, place: Place): DeploymentPlan {
  const { compiled, live, decisions } = request;
  const { project } = place;
  const own = live.find((one) => isSamePlace(one, place));
  const others = live.filter((one) => decisions.pinning === null && !isSamePlace(one, place));
  const left = others.filter(({ repositoryId }) => repositoryId === request.repository.id);
  const undeclared = others.filter((one) => isUndeclared(one, request));
  const buried = [...left, ...undeclared].flatMap(workflowsOf);
  const changes = compareWorkflows(compiled, own?.workflows ?? new Map());
  const removed = changes.removed.map((workflow) => ({ ...place, workflow }));
  const losses = [
    lossOf(request, { removed, own, left }),
    ...undeclared.map((one) => leavingLossOf(request, one)),
  ];
  const isWanted = decisions.isConfirmed || decisions.pinning !== null;
  const confirmedBy = isWanted ? [] : confirmationsFor(losses, decisions.removals);
  const hold =
    reasonOfPin(request, [place, ...left, ...undeclared]) ??
    (isWanted ? null : firstReasonToHold(losses, confirmedBy));
  const common = { project, buried, lost: losses.flatMap(({ lost }) => lost), confirmedBy, ...changes };
  if (hold !== null) return { status: "held", reason: hold, ...common };
  return { status: "active", reason: describeChanges(changes, buried), ...common };
}

/** Whether it is where a branch was deployed which the commit does not declare any more. */
function isUndeclared(
  { repositoryId }: LiveEnvironment,
  { compiled, repository, repositories }: PlanRequest,
): boolean {
  const declared = repositories.find(({ id }) => id === repositoryId)?.declared;
  return (
    declared?.by === repository.id && !Object.hasOwn(compiled.settings.environments, declared.environment)
  );
}

function workflowsOf({ project, environment, workflows }: LiveEnvironment): readonly WorkflowKey[] {
  return [...workflows.keys()].map((workflow) => ({ project, environment, workflow }));
}

/** Whether both are the same environment of the same project. */
export function isSamePlace(one: Place, other: Place): boolean {
  return one.project === other.project && one.environment === other.environment;
}

/** That an environment is pinned, by whom, why, and what ends it. */
export function describePin(pin: PinRow): string {
  const { project, environment, commit } = pin;
  const option = environment === DEFAULT_ENVIRONMENT ? "" : ` --environment ${environment}`;
  return `${environment} of "${project}" is pinned to ${commit.slice(0, SHORT)} ${actorText(pin)}. What is pushed is deployed after: headwater unpin ${project}${option}`;
}

/** Of a repository that would leave a pinned environment for another one, or not declare it any more, too. */
function reasonOfPin({ decisions, repository }: PlanRequest, places: readonly Place[]): string | null {
  if (decisions.pinning !== null) return null;
  const pin = decisions.pins.find(
    (one) => places.some((place) => isSamePlace(one, place)) || one.repositoryId === repository.id,
  );
  return pin === undefined ? null : describePin(pin);
}

function refused(reason: string): DeploymentPlan {
  return { status: "refused", reason };
}

function describeErrors(errors: readonly LocatedDiagnostic[]): string {
  const files = new Set(errors.map(({ file }) => file)).size;
  const [first] = errors;
  const place = first === undefined ? "" : `: ${first.file}:${first.line}:${first.column} ${first.message}`;
  return `${counted(errors.length, "error")} in ${counted(files, "file")}${place}`;
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
 * one repository only. What a repository that is no longer registered left behind may be taken over, and what is followed only because
 * this one declares it.
 */
function findOtherOwner(
  { repository, environments, repositories }: PlanRequest,
  { project, environment }: Place,
): RepositoryRow | undefined {
  // Of a thousand repositories nearly all have projects of other names.
  const places = environments.filter((row) => row.project === project && row.repositoryId !== repository.id);
  if (places.length === 0) return undefined;
  const here = repositoryKey(repository.url);
  const byId = new Map(repositories.map((other) => [other.id, other]));
  return places
    .map((row) => ({ row, other: byId.get(row.repositoryId) }))
    .find(
      ({ row, other }) =>
        other !== undefined &&
        other.declared?.by !== repository.id &&
        (row.environment === environment || repositoryKey(other.url) !== here),
    )?.other;
}

function compareWorkflows(
  { workflows }: CompiledProject,
  live: ReadonlyMap<string, LiveWorkflow>,
): WorkflowChanges {
  const added: string[] = [];
  const changed: string[] = [];
  const touched: CompiledWorkflow[] = [];
  let reconfigured = 0;
  for (const workflow of workflows) {
    const before = live.get(workflow.id);
    const isSame = before?.fingerprint === workflow.fingerprint;
    const isReconfigured = isSame && !isSameData(before.properties, workflow.properties);
    if (before === undefined) added.push(workflow.id);
    else if (!isSame) changed.push(workflow.id);
    if (isReconfigured) reconfigured += 1;
    if (!isSame || isReconfigured || before.path !== workflow.path) touched.push(workflow);
  }
  return {
    added,
    changed,
    removed: listRemoved(workflows, live, workflows.length - added.length),
    unchanged: workflows.length - added.length - changed.length,
    reconfigured,
    touched,
  };
}

/** @param kept how many of the workflows are live: of nearly all commits all that are */
function listRemoved(
  workflows: readonly CompiledWorkflow[],
  live: ReadonlyMap<string, LiveWorkflow>,
  kept: number,
): readonly string[] {
  if (kept === live.size) return [];
  const ids = new Set(workflows.map(({ id }) => id));
  return [...live.keys()].filter((id) => !ids.has(id)).sort();
}

/** Of a file that did not change it is the same object as before. */
function isSameData(one: unknown, other: unknown): boolean {
  if (one === other || JSON.stringify(one) === JSON.stringify(other)) return true;
  return canonicalJson(one) === canonicalJson(other);
}

/** What a commit would take away. */
interface Loss {
  /** As confirmations name them. */
  readonly lost: readonly string[];
  readonly live: number;
  readonly where: string;
  readonly share: number | null;
  readonly commit: string;
}

/** Of one place: what is removed there, and all of those that are left for it. */
function lossOf({ compiled, commit }: PlanRequest, { removed, own, left }: LeftPlaces): Loss {
  const buried = left.flatMap(workflowsOf);
  return {
    lost: [...removed, ...buried].map(({ project, workflow }) => `${project}/${workflow}`),
    live: (own?.workflows.size ?? 0) + buried.length,
    where: describePlaces(buried),
    share: shareOf(compiled, [own, ...left]),
    commit,
  };
}

/** Each environment that goes is a loss of its own, of all that it has. */
function leavingLossOf(request: PlanRequest, environment: LiveEnvironment): Loss {
  const loss = lossOf(request, { removed: [], own: undefined, left: [environment] });
  return { ...loss, lost: workflowsOf(environment).map(leavingName) };
}

interface LeftPlaces {
  readonly removed: readonly WorkflowKey[];
  readonly own: LiveEnvironment | undefined;
  readonly left: readonly LiveEnvironment[];
}

/** What is deployed counts as well as what the commit says: else a commit could allow itself what it removes. */
function shareOf(
  { settings }: CompiledProject,
  places: readonly (LiveEnvironment | undefined)[],
): number | null {
  return places.reduce<number | null>(
    (share, place) => (place === undefined ? share : stricterShare(place.maxDeletedWorkflows, share)),
    settings.policies.maxDeletedWorkflows,
  );
}

/** Those without which it would be held; none where it would not. */
function confirmationsFor(
  losses: readonly Loss[],
  removals: readonly RemovalConfirmationRow[],
): readonly RemovalConfirmationRow[] {
  const held = losses.filter((loss) => reasonToHold(loss, []) !== null);
  const lost = new Set(held.flatMap((loss) => loss.lost));
  return removals.filter(({ workflows }) => workflows.some((workflow) => lost.has(workflow)));
}

function firstReasonToHold(
  losses: readonly Loss[],
  confirmations: readonly RemovalConfirmationRow[],
): string | null {
  return losses.map((loss) => reasonToHold(loss, confirmations)).find((reason) => reason !== null) ?? null;
}

function reasonToHold(
  { lost, live, where, share, commit }: Loss,
  confirmations: readonly RemovalConfirmationRow[],
): string | null {
  const confirmed = new Set(confirmations.flatMap(({ workflows }) => workflows));
  const unconfirmed = lost.filter((workflow) => !confirmed.has(workflow)).length;
  if (!removesTooMuch({ lost: lost.length, unconfirmed, live, share })) return null;
  return (
    `It would remove ${lost.length} of ${counted(live, "workflow")}${where}, ${removalLimitText(share)}: bring them back, ` +
    `or, if it is meant, confirm this commit: headwater confirm ${commit.slice(0, SHORT)}`
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
  return `${counted(added.length + changed.length + unchanged, "workflow")}: ${named.join(", ")}`;
}

/** ` from project "a" (production)`, for a project or an environment that has another name now. */
function describePlaces(buried: readonly WorkflowKey[]): string {
  const places = new Set(buried.map(({ project, environment }) => `project "${project}" (${environment})`));
  return places.size === 0 ? "" : ` from ${[...places].join(", ")}`;
}
