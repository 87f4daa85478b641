import type { ChangeFeed } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import { Loop } from "../loop.js";
import type { ListedDeployment, RepositoryRow, Store } from "../store/store.js";
import { deploymentNews, issueNews, type DeploymentNews, type IssueNews } from "./deployment-news.js";
import { wantedAs } from "./kept.js";
import type { Outbox } from "./outbox.js";
import type { NamedPlace } from "./place.js";
import { HostFailure, isHopeless, type ReviewHost } from "./review-host.js";
import type { WantedDeployment } from "./wanted-object.js";

export interface DeploymentTellerOptions {
  readonly store: Pick<Store, "listRepositories" | "listDeployments" | "findHostObject">;
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
  /** Ids of repositories of which there may be something to tell, and why. */
  readonly #pending = new Map<string, "deployment" | "repository">();
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

  #look(repositoryId: string, why: "deployment" | "repository"): void {
    if (this.#pending.get(repositoryId) !== "deployment") this.#pending.set(repositoryId, why);
    this.#loop.wake();
  }

  /** When to try again what failed; null when nothing did. */
  async #round(): Promise<number | null> {
    const { store, clock } = this.#options;
    const repositories = await store.listRepositories();
    let retryAt: number | null = null;
    // What is told while it goes on is looked at in a round of its own.
    const pending = [...this.#pending];
    for (const [id, why] of pending) {
      if (this.#isStopped) break;
      this.#pending.delete(id);
      const repository = repositories.find((row) => row.id === id) ?? null;
      // That it was looked at, or is called otherwise, is no news there.
      if (repository !== null && why === "repository") continue;
      const waitMs = await this.#try(id, repository);
      if (waitMs === null) continue;
      this.#look(id, why);
      retryAt = Math.max(retryAt ?? 0, clock.now() + waitMs);
    }
    return retryAt;
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
    const { store, host } = this.#options;
    const deployments = await store.listDeployments({ repositoryId: repository.id, limit: DEPLOYMENTS_MAX });
    const issue = await this.#issueOf(repository, deployments);
    const news: DeploymentNews[] = [];
    for (const each of deploymentNews(deployments))
      if (await this.#isNews(each, deployments)) news.push(each);
    if (issue === null && news.length === 0) return;
    const place = await host.findPlace(repository.url);
    if (place === null) return;
    for (const each of news) await this.#wishDeployment({ place, branch: repository.branch }, each);
    if (issue !== null) await this.#wishIssue(place, repository, issue);
  }

  /** It is not followed any more: nothing of it is in force, and nobody need mend it. Where it is was told with the others. */
  async #retire(repositoryId: string): Promise<void> {
    const { store } = this.#options;
    for (const { id } of await store.listDeployments({ repositoryId, limit: DEPLOYMENTS_MAX })) {
      const object = await store.findHostObject(this.#deploymentKey({ deploymentId: id }));
      const told = wantedAs("deployment", object);
      if (told?.state !== "success" && told?.state !== "queued") continue;
      await this.#wishDeployment(told, { ...told, state: "inactive", description: NOT_FOLLOWED });
    }
    const object = await store.findHostObject(this.#issueKey({ id: repositoryId }));
    const issue = wantedAs("issue", object);
    if (issue?.isOpen !== true) return;
    const body = `${NOT_FOLLOWED}.\n\n${issue.body}`;
    await this.#wishIssue(issue.place, { id: repositoryId }, { ...issue, body, isOpen: false });
  }

  async #isNews(news: DeploymentNews, deployments: readonly ListedDeployment[]): Promise<boolean> {
    const { store, clock } = this.#options;
    const told = wantedAs("deployment", await store.findHostObject(this.#deploymentKey(news)));
    if (told !== null) return told.state !== news.state;
    const endedAt = deployments.find(({ id }) => id === news.deploymentId)?.endedAt ?? 0;
    return endedAt >= clock.now() - NEWS_MS;
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

  async #wishDeployment(
    { place, branch }: Pick<WantedDeployment, "place" | "branch">,
    news: DeploymentNews,
  ): Promise<void> {
    const { outbox, publicUrl: url } = this.#options;
    await outbox.wish({
      key: this.#deploymentKey(news),
      account: place.account,
      rank: RANKS.deployment,
      wanted: { kind: "deployment", place, branch, url, ...news },
    });
  }

  /** One that is open is not forgotten, however long it is: else nobody would close it. */
  async #wishIssue(place: NamedPlace, repository: Pick<RepositoryRow, "id">, news: IssueNews): Promise<void> {
    await this.#options.outbox.wish({
      key: this.#issueKey(repository),
      account: place.account,
      rank: RANKS.issue,
      wanted: { kind: "issue", place, ...news },
      isUnfinished: news.isOpen,
    });
  }

  #deploymentKey({ deploymentId }: Pick<DeploymentNews, "deploymentId">): string {
    return `deployment ${this.#options.hostName} ${deploymentId}`;
  }

  #issueKey({ id }: Pick<RepositoryRow, "id">): string {
    return `issue ${this.#options.hostName} ${id}`;
  }
}

/** Null for what will not go well later either. */
function waitAfter(error: unknown): number | null {
  if (isHopeless(error)) return null;
  return error instanceof HostFailure ? Math.max(RETRY_MS, error.retryAfterMs) : RETRY_MS;
}
