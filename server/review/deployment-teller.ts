import type { ChangeFeed } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import { Loop } from "../loop.js";
import type { DeploymentStatus } from "../store/deployment-row.js";
import type { ListedDeployment, RepositoryRow, Store } from "../store/store.js";
import { deploymentNews, issueNews, type DeploymentNews, type IssueNews } from "./deployment-news.js";
import { wantedAs } from "./kept.js";
import type { Outbox, OutboxWish } from "./outbox.js";
import type { NamedPlace } from "./place.js";
import { HostFailure, isHopeless, type ReviewHost } from "./review-host.js";
import type { WantedDeployment } from "./wanted-object.js";

export interface DeploymentTellerOptions {
  readonly store: Pick<Store, "listRepositories" | "listDeployments" | "findHostObject" | "listHostObjects">;
  readonly host: Pick<ReviewHost, "findPlace">;
  readonly hostName: string;
  readonly outbox: Pick<Outbox, "wish">;
  readonly feed: Pick<ChangeFeed, "subscribe">;
  readonly clock: Clock;
  readonly log: Log;
  /** Where people reach the service; null when nobody has said. */
  readonly publicUrl: string | null;
}

/** After checks, answers and comments, which people wait for. */
const RANKS = { issue: 4, deployment: 5 } as const;
const DEPLOYMENTS_MAX = 50;
/** How many more are looked at where all of those were news. */
const MORE = 4;
/** What there is to tell of. */
const DECIDED: readonly DeploymentStatus[] = ["active", "refused", "held"];
/** What is told as it was until another one takes its place. */
const LASTING: readonly DeploymentStatus[] = ["active", "held"];
/** What is older when we first see it is not told any more. */
const NEWS_MS = 3 * 24 * 3_600_000;
const RETRY_MS = 60_000;
const NOT_FOLLOWED = "Headwater does not follow this repository any more";

/**
 * Tells a host what became of commits after the merge: each deployment on its commit, and in an issue that a branch cannot be deployed.
 * What is to be told follows from the deployments and from what was wished for already, so that nothing more needs to be kept.
 */
export class DeploymentTeller {
  readonly #options: DeploymentTellerOptions;
  readonly #loop: Loop;
  /** Repositories of which there may be something to tell, by id. */
  readonly #pending = new Map<string, Pending>();
  #isStopped = false;
  #unsubscribe = (): void => undefined;

  constructor(options: DeploymentTellerOptions) {
    this.#options = options;
    const { clock, log } = options;
    this.#loop = new Loop({ name: "deployments at the host", clock, log, round: () => this.#round() });
  }

  /** Goes on with what an earlier life has not told. */
  async start(): Promise<void> {
    const { store, feed } = this.#options;
    this.#unsubscribe = feed.subscribe(null, (published) => {
      const change = published?.change;
      if (change?.kind === "deployment" || change?.kind === "repository")
        this.#look(change.repositoryId, change.kind);
    });
    for (const { id } of await store.listRepositories()) this.#look(id, "deployment");
    // Of those that were removed in the last moments of an earlier life.
    for (const { repositoryId } of await store.listDeployments({ limit: DEPLOYMENTS_MAX }))
      this.#look(repositoryId, "repository");
  }

  /** Idempotent; waits for what is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unsubscribe();
    await this.#loop.stop();
  }

  #look(id: string, why: Pending["why"]): void {
    if (why === "deployment" || !this.#pending.has(id)) this.#pending.set(id, { why, dueAt: 0 });
    this.#loop.wake();
  }

  /** When to try again what failed; null when nothing did. */
  async #round(): Promise<number | null> {
    const { store, clock } = this.#options;
    const repositories = await store.listRepositories();
    const failed: (readonly [id: string, waitMs: number])[] = [];
    // What is told while it goes on is looked at in a round of its own.
    const due = this.#takeDue(repositories);
    for (const [id, repository] of due) {
      if (this.#isStopped) break;
      const waitMs = await this.#try(id, repository);
      if (waitMs !== null) failed.push([id, waitMs]);
    }
    const now = clock.now();
    for (const [id, waitMs] of failed)
      if (this.#pending.get(id)?.why !== "deployment")
        this.#pending.set(id, { why: "deployment", dueAt: now + waitMs });
    const dueAts = [...this.#pending.values()].map(({ dueAt }) => dueAt);
    return dueAts.length === 0 ? null : Math.min(...dueAts);
  }

  /** Each once, with its row; null of one that is not followed any more. */
  #takeDue(repositories: readonly RepositoryRow[]): ReadonlyMap<string, RepositoryRow | null> {
    const now = this.#options.clock.now();
    const rows = new Map(repositories.map((row) => [row.id, row]));
    const due = new Map<string, RepositoryRow | null>();
    for (const [id, { why, dueAt }] of this.#pending) {
      const row = rows.get(id) ?? null;
      if (dueAt > now && row !== null) continue;
      this.#pending.delete(id);
      // That it was looked at, or is called otherwise, is no news there.
      if (row === null || why === "deployment") due.set(id, row);
    }
    return due;
  }

  /** Milliseconds until the next try; null when there need not be one. */
  async #try(id: string, repository: RepositoryRow | null): Promise<number | null> {
    try {
      await (repository === null ? this.#retire(id) : this.#tell(repository));
      return null;
    } catch (error) {
      if (this.#isStopped) return null;
      this.#warn(repository?.url ?? id, error);
      return waitAfter(error);
    }
  }

  #warn(repository: string, error: unknown): void {
    // Whoever locks us out has told, once for all that waits.
    if (error instanceof HostFailure && error.kind === "locked-out") return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.log.warn("Cannot tell the host of deployments", { repository, reason });
  }

  async #tell(repository: RepositoryRow): Promise<void> {
    const { host, outbox } = this.#options;
    const deployments = await this.#listDeployments(repository.id);
    const issue = await this.#issueOf(repository, deployments);
    const news = await this.#newsOf(deployments);
    if (issue === null && news.length === 0) return;
    const place = await host.findPlace(repository.url);
    if (place === null) return;
    const { branch } = repository;
    // All or none, so that what is not told yet is always the newest.
    await outbox.wish(
      ...news.map((each) => this.#deploymentWish({ place, branch }, each)),
      ...(issue === null ? [] : [this.#issueWish(place, repository, issue)]),
    );
  }

  /** Newest first: as many as there is news of, however long nobody could be told, and of those before them what was to last. */
  async #listDeployments(repositoryId: string): Promise<readonly ListedDeployment[]> {
    const { store, clock } = this.#options;
    for (let limit = DEPLOYMENTS_MAX; ; limit *= MORE) {
      const latest = await store.listDeployments({ repositoryId, statuses: DECIDED, limit });
      const [oldest] = latest.slice(limit - 1);
      const isNews = oldest !== undefined && oldest.endedAt >= clock.now() - NEWS_MS;
      if (isNews && (await this.#toldOf([oldest.id])).size === 0) continue;
      const lasting = { repositoryId, statuses: LASTING, limit: DEPLOYMENTS_MAX };
      const ids = new Set(latest.map(({ id }) => id));
      return [...latest, ...(await store.listDeployments(lasting)).filter(({ id }) => !ids.has(id))];
    }
  }

  /** It is not followed any more: nothing of it is in force, and nobody need mend it. Where it is was told with the others. */
  async #retire(repositoryId: string): Promise<void> {
    const { store, outbox } = this.#options;
    const lasting = { repositoryId, statuses: LASTING, limit: DEPLOYMENTS_MAX };
    const ids = (await store.listDeployments(lasting)).map(({ id }) => id);
    const told = [...(await this.#toldOf(ids)).values()];
    const wishes = told
      .filter(({ state }) => state === "success" || state === "queued")
      .map((each) => this.#deploymentWish(each, { ...each, state: "inactive", description: NOT_FOLLOWED }));
    const issue = wantedAs("issue", await store.findHostObject(this.#issueKey({ id: repositoryId })));
    if (issue?.isOpen === true) {
      const body = `${NOT_FOLLOWED}.\n\n${issue.body}`;
      wishes.push(this.#issueWish(issue.place, { id: repositoryId }, { ...issue, body, isOpen: false }));
    }
    if (wishes.length > 0) await outbox.wish(...wishes);
  }

  /** What is not told of them, oldest first. */
  async #newsOf(deployments: readonly ListedDeployment[]): Promise<readonly DeploymentNews[]> {
    const since = this.#options.clock.now() - NEWS_MS;
    const ids = deployments.map(({ id }) => id);
    const recent = new Set(deployments.filter(({ endedAt }) => endedAt >= since).map(({ id }) => id));
    const told = await this.#toldOf(ids);
    return deploymentNews(deployments).filter(({ deploymentId, state }) => {
      const before = told.get(deploymentId);
      return before === undefined ? recent.has(deploymentId) : before.state !== state;
    });
  }

  /** How those of these deployments look at the host that it knows, by id. */
  async #toldOf(ids: readonly string[]): Promise<ReadonlyMap<string, WantedDeployment>> {
    const keys = ids.map((deploymentId) => this.#deploymentKey({ deploymentId }));
    const told = new Map<string, WantedDeployment>();
    for (const object of await this.#options.store.listHostObjects(keys)) {
      const wanted = wantedAs("deployment", object);
      if (wanted !== null) told.set(wanted.deploymentId, wanted);
    }
    return told;
  }

  /** Null when it says that already, or when there never was anything to say. */
  async #issueOf(
    repository: RepositoryRow,
    deployments: readonly ListedDeployment[],
  ): Promise<IssueNews | null> {
    const object = await this.#options.store.findHostObject(this.#issueKey(repository));
    const before = wantedAs("issue", object);
    const news = issueNews(repository, deployments, before);
    if (news === null || (!news.isOpen && before?.isOpen !== true)) return null;
    return news.isOpen === before?.isOpen && news.deploymentId === before.deploymentId ? null : news;
  }

  #deploymentWish(
    { place, branch }: Pick<WantedDeployment, "place" | "branch">,
    news: DeploymentNews,
  ): OutboxWish {
    return {
      key: this.#deploymentKey(news),
      account: place.account,
      rank: RANKS.deployment,
      wanted: { kind: "deployment", place, branch, url: this.#options.publicUrl, ...news },
    };
  }

  /** One that is open is not forgotten, however long it is: else nobody would close it. */
  #issueWish(place: NamedPlace, repository: Pick<RepositoryRow, "id">, news: IssueNews): OutboxWish {
    return {
      key: this.#issueKey(repository),
      account: place.account,
      rank: RANKS.issue,
      wanted: { kind: "issue", place, ...news },
      isUnfinished: news.isOpen,
    };
  }

  #deploymentKey({ deploymentId }: Pick<DeploymentNews, "deploymentId">): string {
    return `deployment ${this.#options.hostName} ${deploymentId}`;
  }

  #issueKey({ id }: Pick<RepositoryRow, "id">): string {
    return `issue ${this.#options.hostName} ${id}`;
  }
}

interface Pending {
  /** What has changed. */
  readonly why: "deployment" | "repository";
  /** Nothing is tried before then, epoch milliseconds: it failed a moment ago. */
  readonly dueAt: number;
}

/** Null for what will not go well later either. */
function waitAfter(error: unknown): number | null {
  if (isHopeless(error)) return null;
  return error instanceof HostFailure ? Math.max(RETRY_MS, error.retryAfterMs) : RETRY_MS;
}
