import {
  compileProject,
  createCompileCache,
  createScheduleReader,
  type CompiledProject,
  type CompileCache,
  type ProjectSettings,
} from "@headwater/workflow";
import type { ChangeFeed } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";
import type { Ids } from "../ids.js";
import type { Log } from "../log.js";
import type { Source } from "../source/source.js";
import type { EnvironmentRow } from "../store/environment-row.js";
import type { DeploymentRow, RepositoryRow, Store } from "../store/store.js";
import { activateWorkflow, type Placement } from "./activated-workflow.js";
import { isSamePlace, planDeployment, type DeploymentPlan } from "./deployment-plan.js";
import { LiveEnvironments, type LiveEnvironment } from "./live-environments.js";
import { DiagnosticLocator } from "./located-diagnostic.js";
import type { Registry } from "./registry.js";

const DEFAULT_ENVIRONMENT = "production";

export interface RegistryOptions {
  readonly store: Pick<
    Store,
    | "activateDeployment"
    | "listDeployments"
    | "listEnvironments"
    | "listLiveWorkflows"
    | "listRepositories"
    | "listUsualDurations"
    | "recordDeployment"
  >;
  readonly source: Pick<Source, "readTree" | "describeCommit">;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly feed: ChangeFeed;
  readonly log: Log;
  /** Called when schedules may have changed. */
  readonly onActivated?: () => void;
}

interface DeployRequest {
  readonly repository: RepositoryRow;
  readonly commit: string;
  readonly seenAt: number;
}

/** The facts about a commit that do not depend on what is live. */
interface CompiledCommit {
  readonly compiled: CompiledProject;
  /** Null when no environment is of the branch. */
  readonly environment: string | null;
  readonly row: Omit<DeploymentRow, "status" | "reason" | "added" | "changed" | "removed" | "unchanged">;
}

/** What is to be activated, and what runs before. */
interface ActivationRequest {
  readonly plan: Extract<DeploymentPlan, { readonly status: "held" | "active" }>;
  readonly compiled: CompiledProject;
  readonly live: readonly LiveEnvironment[];
}

/** The compiler before the store: what a commit means is decided here, once, and stored whole or not at all. */
export function createRegistry(options: RegistryOptions): Registry {
  return new CommitRegistry(options);
}

class CommitRegistry implements Registry {
  readonly #options: RegistryOptions;
  readonly #cache: CompileCache = createCompileCache();
  readonly #scheduleReader = createScheduleReader();
  readonly #locator = new DiagnosticLocator();
  readonly #live: LiveEnvironments;
  /** Two repositories may want the same project: plans are made and stored one at a time. */
  #lastDecision: Promise<unknown> = Promise.resolve();

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#live = new LiveEnvironments(options.store);
  }

  async deploy(request: DeployRequest): Promise<DeploymentRow> {
    const [latest] = await this.#options.store.listDeployments({
      repositoryId: request.repository.id,
      limit: 1,
    });
    const repeated = latest?.commit === request.commit ? latest : undefined;
    if (repeated !== undefined && isInForce(repeated)) return { ...repeated, status: "unchanged" };
    const commit = await this.#compile(request);
    const decision = this.#lastDecision
      .catch(() => undefined)
      .then(() => this.#decide(request, commit, repeated));
    this.#lastDecision = decision;
    return decision;
  }

  async #compile({ repository, commit, seenAt }: DeployRequest): Promise<CompiledCommit> {
    const { source, store, ids, clock } = this.#options;
    const [tree, description, usual] = await Promise.all([
      source.readTree(repository.id, commit),
      source.describeCommit(repository.id, commit),
      store.listUsualDurations({ repositoryId: repository.id }),
    ]);
    const history = new Map(usual.map(({ workflow, medianMs }) => [workflow, medianMs]));
    const compiled = compileProject(tree, this.#cache, { history, today: clock.now() });
    const environment = chooseEnvironment(compiled.settings, repository.branch);
    const endedAt = clock.now();
    return {
      compiled,
      environment,
      row: {
        id: ids.next("dep", endedAt),
        repositoryId: repository.id,
        project: compiled.settings.project,
        environment: environment ?? DEFAULT_ENVIRONMENT,
        commit,
        commitAuthor: description.author,
        commitSubject: description.subject,
        committedAt: description.committedAt,
        diagnostics: this.#locator.locate(compiled.diagnostics, tree),
        seenAt,
        endedAt,
      },
    };
  }

  async #decide(
    { repository }: DeployRequest,
    { compiled, environment, row }: CompiledCommit,
    repeated: DeploymentRow | undefined,
  ): Promise<DeploymentRow> {
    const { store } = this.#options;
    const [repositories, environments] = await Promise.all([
      store.listRepositories(),
      store.listEnvironments(),
    ]);
    const { project, environment: place } = row;
    const isConcerned = (one: EnvironmentRow): boolean =>
      one.repositoryId === repository.id ||
      (project !== null && isSamePlace(one, { project, environment: place }));
    const live = await Promise.all(environments.filter(isConcerned).map((one) => this.#live.read(one)));
    const { diagnostics } = row;
    const plan = planDeployment({
      compiled,
      diagnostics,
      repository,
      repositories,
      environment,
      environments,
      live,
    });
    // Refused once more after a restart, for the same reason: nobody needs to be told again.
    if (plan.status === repeated?.status && plan.reason === repeated.reason) return repeated;
    const deployment = describe(row, plan);
    if (plan.status === "active") await this.#activate(deployment, { plan, compiled, live });
    else await store.recordDeployment(deployment);
    this.#announce(deployment, repository);
    return deployment;
  }

  async #activate(row: DeploymentRow, { plan, compiled, live }: ActivationRequest): Promise<void> {
    const { project, buried, removed } = plan;
    const { settings } = compiled;
    const { environment, commit, endedAt: now, repositoryId } = row;
    const place = { project, environment };
    const triggers = settings.environments[environment]?.triggers ?? true;
    const before = live.find((one) => isSamePlace(one, place));
    // What only the whole environment has in common: who it is of, and whether it fires. The first activation of a process makes all
    // rows anew as well, so that what an earlier build has written does not stay for good.
    const isContinued = before?.repositoryId === repositoryId && before.triggers === triggers;
    const written = isContinued ? plan.touched : compiled.workflows;
    const nextFire: Placement["nextFire"] = (trigger, after) => this.#scheduleReader.nextFire(trigger, after);
    const placement = { ...place, triggers, commit, now, nextFire };
    this.#live.forget(place);
    await this.#options.store.activateDeployment({
      deployment: { ...row, project },
      settings,
      workflows: written.map((workflow) => activateWorkflow(workflow, placement)),
      removed,
      buried,
    });
    this.#live.remember({ ...place, repositoryId, commit, triggers }, compiled);
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

function isInForce({ status }: DeploymentRow): boolean {
  return status === "active" || status === "unchanged";
}

/**
 * The first environment of this branch. A project that declares none has one, production, whatever the branch; one
 * that does has said which branches it deploys, and a branch that it did not name must not reach production.
 */
function chooseEnvironment({ environments }: ProjectSettings, branch: string): string | null {
  const declared = Object.entries(environments);
  if (declared.length === 0) return DEFAULT_ENVIRONMENT;
  return declared.find(([, environment]) => environment.branch === branch)?.[0] ?? null;
}

function describe(row: CompiledCommit["row"], plan: DeploymentPlan): DeploymentRow {
  const { status, reason } = plan;
  if (plan.status === "refused")
    return { ...row, status, reason, added: [], changed: [], removed: [], unchanged: 0 };
  const { added, changed, removed, unchanged } = plan;
  return { ...row, status, reason, added, changed, removed, unchanged };
}
