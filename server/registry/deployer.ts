import { canonicalJson, createScheduleReader, type CompiledProject } from "@headwater/workflow";
import type { ChangeFeed } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import type { Source } from "../source/source.js";
import { unknownRepository } from "../source/unknown-repository.js";
import type { Decided } from "../store/deployment-decisions.js";
import type { EnvironmentSettings } from "../store/declared-branches.js";
import type { EnvironmentRow } from "../store/environment-row.js";
import { REMOVAL_CONFIRMED_MS } from "../store/removal-confirmations.js";
import type { DeploymentRow, RepositoryRow, Store } from "../store/store.js";
import { activateWorkflow, unpackDefinitions, type Placement } from "./activated-workflow.js";
import type { CommitCompiler, CompiledCommit } from "./compile-commit.js";
import { isSamePlace, planDeployment, type DeploymentPlan } from "./deployment-plan.js";
import { LiveEnvironments, type LiveEnvironment } from "./live-environments.js";
import type { Place } from "./registry.js";
import { findSignatureProblem } from "./signature-problem.js";
import { takeTurns } from "./take-turns.js";

export interface DeployerOptions {
  readonly store: Pick<
    Store,
    | "activateDeployment"
    | "confirmCommit"
    | "endRemovalConfirmation"
    | "findConfirmation"
    | "findDeployedEnvironments"
    | "findWriting"
    | "listDeployments"
    | "listEnvironments"
    | "listLiveWorkflows"
    | "listOpenPins"
    | "listRemovalConfirmations"
    | "listRepositories"
    | "listSignedEnvironments"
    | "recordDeployment"
  >;
  readonly source: Pick<Source, "checkSignature">;
  readonly compiler: CommitCompiler;
  /** Names what activates, see `createBuildReader`. */
  readonly readBuild: () => Promise<string | null>;
  readonly clock: Clock;
  readonly feed: ChangeFeed;
  readonly log: Log;
  /** Called when schedules may have changed. */
  readonly onActivated?: () => void;
}

export interface DeployRequest {
  readonly repository: RepositoryRow;
  readonly commit: string;
  readonly seenAt: number;
  /** A person wants this commit in this environment, whatever the branch has. */
  readonly pin?: { readonly place: Place; readonly decided: Decided };
}

/** What is to be activated, and what runs before. */
interface ActivationRequest {
  readonly plan: Extract<DeploymentPlan, { readonly status: "held" | "active" }>;
  readonly compiled: CompiledProject;
  readonly live: readonly LiveEnvironment[];
  readonly pin: DeployRequest["pin"];
  /** The branch has not moved. */
  readonly isDeclaredAnew?: boolean;
}

/** Makes commits what runs, one at a time: each is compared with what is live, and stored whole, or recorded as not deployed. */
export class Deployer {
  readonly #options: DeployerOptions;
  readonly #scheduleReader = createScheduleReader();
  readonly #live: LiveEnvironments;
  /** Two repositories may want the same project: plans are made and stored one at a time. */
  #lastDecision: Promise<unknown> = Promise.resolve();

  constructor(options: DeployerOptions) {
    this.#options = options;
    this.#live = new LiveEnvironments(options);
  }

  /** The answer to a pin that cannot be is a row that is not recorded: nobody pushed anything. */
  async deploy(request: DeployRequest): Promise<DeploymentRow> {
    const [latest] = await this.#options.store.listDeployments({
      repositoryId: request.repository.id,
      limit: 1,
    });
    const isRepeated = request.pin === undefined && latest !== undefined && isOfHead(latest, request);
    const left = isRepeated && !isInForce(latest) ? latest : undefined;
    if (isRepeated && left === undefined && (await this.#findDeclaredAnew(request.repository)) === null)
      return { ...latest, status: "unchanged" };
    const commit = await this.#options.compiler.examine(request);
    const decision = this.#lastDecision
      .catch(() => undefined)
      .then(() => this.#decide(request, commit, left));
    this.#lastDecision = decision;
    const decided = await decision;
    return "id" in decided ? decided : this.deploy({ ...request, ...decided });
  }

  /**
   * Whoever declares a branch may say something else of its environment, without a commit of the branch itself. What was said before; null
   * where nothing is other, or nobody knows.
   */
  async #findDeclaredAnew({ id, branch, declared }: RepositoryRow): Promise<EnvironmentSettings | null> {
    const deployed = declared === null ? null : await this.#options.store.findDeployedEnvironments(id);
    if (declared === null || deployed === null) return null;
    const { environment, triggers, backfillsFrom } = declared;
    const before = deployed.environments[environment];
    const isSame = canonicalJson(before ?? null) === canonicalJson({ branch, triggers, backfillsFrom });
    return isSame ? null : (before ?? { branch, triggers: true, backfillsFrom: [] });
  }

  /**
   * Answers with the repository where that is another now than the commit was compiled for.
   * @param left what it was refused or held for before @throws ServiceError repository-not-found
   */
  async #decide(
    request: DeployRequest,
    { compiled, environment, row }: CompiledCommit,
    left: DeploymentRow | undefined,
  ): Promise<DeploymentRow | Pick<DeployRequest, "repository">> {
    const { store, clock } = this.#options;
    const { repository, pin } = request;
    const since = clock.now() - REMOVAL_CONFIRMED_MS;
    const branch = { repositoryId: repository.id, branch: repository.branch, since };
    const [repositories, environments, pins, confirmation, removals] = await Promise.all([
      store.listRepositories(),
      store.listEnvironments(),
      store.listOpenPins(),
      store.findConfirmation(repository.id, row.commit),
      store.listRemovalConfirmations(branch),
    ]);
    const current = repositories.find(({ id }) => id === repository.id);
    // What nobody follows any more was buried with its row: nobody would bury it again.
    if (current === undefined) throw unknownRepository(repository.name);
    if (isPlacedOtherwise(current, repository)) return { repository: current };
    const { project, environment: place } = row;
    const own = repositories.filter(({ declared }) => declared?.by === repository.id).map(({ id }) => id);
    const isConcerned = (one: EnvironmentRow): boolean =>
      [repository.id, ...own].includes(one.repositoryId) ||
      (project !== null && isSamePlace(one, { project, environment: place }));
    const live = await Promise.all(environments.filter(isConcerned).map((one) => this.#live.read(one)));
    const plan = planDeployment({
      compiled,
      commit: row.commit,
      diagnostics: row.diagnostics,
      repository,
      repositories,
      environment,
      environments,
      live,
      signatureProblem: await findSignatureProblem(
        { repository, settings: compiled.settings, ...row },
        this.#options,
      ),
      decisions: { pins, pinning: pin?.place ?? null, isConfirmed: confirmation !== null, removals },
    });
    const deployment = describe({ ...row, endedAt: clock.now() }, plan);
    if (plan.status !== "active")
      return pin === undefined ? this.#leave(deployment, { repository, live, left }) : deployment;
    const active = await this.#activate(deployment, { plan, compiled, live, pin });
    this.#announce(active, repository);
    return active;
  }

  /** Records that a commit is not deployed. */
  async #leave(
    deployment: DeploymentRow,
    {
      repository,
      live,
      left,
    }: Pick<DeployRequest, "repository"> &
      Pick<ActivationRequest, "live"> & { readonly left: DeploymentRow | undefined },
  ): Promise<DeploymentRow> {
    const isDeclaredAnew = await this.#declareAnew(repository, live);
    const isSame = deployment.status === left?.status && deployment.reason === left.reason;
    // Refused once more after a restart, for the same reason: nobody needs to be told again.
    if (left !== undefined && isSame && !isDeclaredAnew) return left;
    await this.#options.store.recordDeployment(deployment);
    this.#announce(deployment, repository);
    return deployment;
  }

  /**
   * What is said anew of an environment counts at once for what is live there, whatever becomes of the head of its branch. Answers whether it
   * was other.
   */
  async #declareAnew(repository: RepositoryRow, live: readonly LiveEnvironment[]): Promise<boolean> {
    const { compiler, clock, log } = this.#options;
    const { id, declared } = repository;
    const own = live.find((one) => one.repositoryId === id && one.environment === declared?.environment);
    const before = await this.#findDeclaredAnew(repository);
    if (own === undefined || declared === null || before === null) return false;
    const { commit } = own;
    // As somebody who pins it: the branch has not moved, and nothing holds what is live.
    const { compiled, environment, row } = await compiler.examine({
      repository,
      commit,
      seenAt: clock.now(),
      pin: own,
    });
    const plan = planDeployment({
      compiled,
      commit,
      diagnostics: row.diagnostics,
      repository,
      repositories: [],
      environment,
      environments: [],
      live: [own],
      signatureProblem: null,
      decisions: { pins: [], pinning: own, isConfirmed: true, removals: [] },
    });
    if (plan.status !== "active") {
      const facts = { repository: repository.name, commit, reason: plan.reason };
      log.warn("Cannot say anew what is declared of what is live", facts);
      return false;
    }
    const reason = `Declared anew: its triggers are ${declared.triggers ? "on" : "off"}. ${plan.reason}`;
    const deployment = describe({ ...row, branch: before.branch, endedAt: clock.now() }, { ...plan, reason });
    const request = { plan, compiled, live, pin: undefined, isDeclaredAnew: true };
    this.#announce(await this.#activate(deployment, request), repository);
    return true;
  }

  async #activate(row: DeploymentRow, request: ActivationRequest): Promise<DeploymentRow> {
    const { store, clock } = this.#options;
    const { confirmedBy, lost } = request.plan;
    for (const { repositoryId, by, reason, at } of confirmedBy.slice(0, 1))
      await store.confirmCommit({ repositoryId, commit: row.commit, by, reason, at });
    const writing = writingOf(row, request);
    await takeTurns(unpackDefinitions(writing.written), clock);
    // Now, not before what was waited for: the slots of that time are fired by the schedules that go.
    const deployment = { ...row, endedAt: clock.now() };
    await this.#store(deployment, request, writing);
    // All that they let go is gone: the next time that it is there and goes, somebody is to look again.
    const done = confirmedBy.filter(({ workflows }) => workflows.every((each) => lost.includes(each)));
    for (const confirmation of done) await store.endRemovalConfirmation(confirmation);
    return deployment;
  }

  async #store(
    deployment: DeploymentRow,
    { plan, compiled, pin, isDeclaredAnew = false }: ActivationRequest,
    { triggers, kept, written }: Writing,
  ): Promise<void> {
    const { project, buried, removed } = plan;
    const { settings } = compiled;
    const { environment, commit, endedAt: now, repositoryId } = deployment;
    const place = { project, environment };
    const { maxDeletedWorkflows } = settings.policies;
    const nextFire: Placement["nextFire"] = (trigger, after) => this.#scheduleReader.nextFire(trigger, after);
    const placement = { ...place, triggers, commit, now, nextFire };
    this.#live.forget(place);
    await this.#options.store.activateDeployment({
      deployment: { ...deployment, project },
      settings,
      workflows: written.map((workflow) => activateWorkflow(workflow, placement)),
      removed,
      buried,
      isDeclaredAnew,
      build: await this.#options.readBuild(),
      ...(pin === undefined ? {} : { pin: pin.decided }),
    });
    const row = { ...place, repositoryId, commit, triggers, maxDeletedWorkflows };
    this.#live.remember(row, kept, { written, removed });
    this.#options.onActivated?.();
  }

  #announce(deployment: DeploymentRow, repository: RepositoryRow): void {
    const { feed, log } = this.#options;
    const { repositoryId, project, commit, status, reason } = deployment;
    feed.publish([{ kind: "deployment", repositoryId, project, commit, status }]);
    const facts = { repository: repository.name, project, commit, status, reason };
    log.info(status === "active" ? "Deployed a commit" : "Did not deploy a commit", facts);
  }
}

/** What of an environment an activation writes. */
interface Writing {
  readonly triggers: boolean;
  readonly kept: LiveEnvironment["workflows"];
  readonly written: CompiledProject["workflows"];
}

/**
 * What only the whole environment has in common: who it is of, and whether it fires. The first activation of a build makes all rows anew as
 * well, so that what an earlier one has written does not stay for good.
 */
function writingOf(
  { environment, repositoryId }: DeploymentRow,
  { plan, compiled, live }: ActivationRequest,
): Writing {
  const triggers = compiled.settings.environments[environment]?.triggers ?? true;
  const before = live.find((one) => isSamePlace(one, { project: plan.project, environment }));
  const isContinued = before?.repositoryId === repositoryId && before.triggers === triggers;
  return isContinued
    ? { triggers, kept: before.workflows, written: plan.touched }
    : { triggers, kept: new Map(), written: compiled.workflows };
}

/** Another branch may have the same head, and be of another environment. */
function isOfHead({ commit, branch }: DeploymentRow, head: DeployRequest): boolean {
  return commit === head.commit && (branch ?? head.repository.branch) === head.repository.branch;
}

/** By a branch of it, or by what somebody declares of its environment. */
function isPlacedOtherwise(one: RepositoryRow, other: RepositoryRow): boolean {
  const placing = ({ branch, declared }: RepositoryRow): string =>
    canonicalJson({ branch, declared: { ...declared } });
  return placing(one) !== placing(other);
}

function isInForce({ status }: DeploymentRow): boolean {
  return status === "active" || status === "unchanged";
}

function describe(row: CompiledCommit["row"], plan: DeploymentPlan): DeploymentRow {
  const { status, reason } = plan;
  if (plan.status === "refused")
    return { ...row, status, reason, added: [], changed: [], removed: [], unchanged: 0 };
  const { added, changed, removed, unchanged } = plan;
  return { ...row, status, reason, added, changed, removed, unchanged };
}
