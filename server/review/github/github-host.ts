import type { IncomingHttpHeaders } from "node:http";
import { App, Octokit, RequestError } from "octokit";
import type { Clock } from "../../clock.js";
import {
  HostFailure,
  isGone,
  isHopeless,
  type Change,
  type OpenChange,
  type OpenChanges,
  type Delivery,
  type HostAccount,
  type Lost,
  type Permission,
  type Recovered,
  type ReviewHost,
  type WriteContext,
} from "../review-host.js";
import type { NamedPlace, Place } from "../place.js";
import type { WantedObject } from "../wanted-object.js";
import type { GitLogin } from "../../source/remote/git-credentials.js";
import { GitLogins } from "./git-logins.js";
import { Etags } from "./etags.js";
import { repositoryOf } from "./repository-of.js";
import { explainGithub } from "./github-failure.js";
import type { GithubConfig } from "./github-config.js";
import type { HostRepositoryRow } from "../../store/host-repositories.js";
import { listInstallations, listInstalled } from "./list-installations.js";
import { readGithubDelivery } from "./read-delivery.js";
import { writeCheck } from "./write-check.js";
import { writeComment, writeReaction } from "./write-comment.js";
import { writeDeployment } from "./write-deployment.js";
import { writeIssue } from "./write-issue.js";

const PAGES_MAX = 20;
const PAGE = 100;
/** Of those that are listed to find what did not arrive. */
const DELIVERIES_MAX = 10_000;
/** Of one delivery, one soon after the other; then they are further apart. */
const QUICK_ATTEMPTS_MAX = 5;
const SLOW_ATTEMPT_MS = 30 * 60_000;
/**
 * Asked for at each look: of the 900 points that GitHub takes in a minute one costs five, and listing 10,000 deliveries a hundred.
 * Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#calculating-points-for-the-secondary-rate-limit
 */
const REDELIVERIES_MAX = 50;
const REQUEST_MS_MAX = 30_000;
/** Whose limit counts for what is asked of no installation. */
const APP = "app";

/** Which version of the API we were written for. Source: https://docs.github.com/rest/about-the-rest-api/api-versions */
const API_VERSION = "2022-11-28";

/** GitHub, github.com or Enterprise, as one of its Apps. Tokens of installations are kept in memory until they expire, and nowhere else. */
export class GithubHost implements ReviewHost {
  readonly traits = { change: "pull request", sign: "#", hasCheckPages: true, isInvited: true };
  readonly #config: GithubConfig;
  readonly #clock: Clock;
  readonly #logins: GitLogins;
  readonly #etags = new Etags();
  /** Until when somebody is to be left alone, by account; of what the App asks as itself by `APP`. */
  readonly #closedUntil = new Map<string, number>();
  /** Attempts that GitHub will not make again: nobody asks twice. */
  #unsendable: ReadonlySet<number> = new Set();
  #app: App;

  constructor(config: GithubConfig, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
    this.#logins = new GitLogins({ clock, mint: (url) => this.#mintFor(url) });
    this.#app = createApp(config);
  }

  readDelivery(headers: IncomingHttpHeaders, body: Buffer): Delivery {
    return readGithubDelivery(this.#config.webhookSecrets, headers, body);
  }

  async findChange(place: NamedPlace, number: number): Promise<Change | null> {
    const own = nameOf(place);
    try {
      const { data } = await this.#ask(place, ({ rest }) => rest.pulls.get({ ...own, pull_number: number }));
      return changeOf(data);
    } catch (error) {
      if (!isGone(error)) throw error;
      // The same is said of a repository that is not there, or not for us, and then all of this is.
      await this.#ask(place, ({ rest }) => rest.pulls.list({ ...own, per_page: 1 }));
      return null;
    }
  }

  listOpenChanges(place: NamedPlace): Promise<OpenChanges> {
    return this.#ask(place, async (octokit) => {
      const changes: OpenChange[] = [];
      for (let page = 1; page <= PAGES_MAX; page += 1) {
        const query = { ...nameOf(place), state: "open" as const, per_page: PAGE, page };
        const { data } = await octokit.rest.pulls.list(query);
        changes.push(
          ...data.map((pull) => ({
            ...changeOf(pull),
            place: placeOf(pull.base.repo, place),
            changedAt: Date.parse(pull.updated_at),
          })),
        );
        if (data.length < PAGE) return { changes, isWhole: true };
      }
      return { changes, isWhole: false };
    });
  }

  listAccounts(): Promise<readonly HostAccount[]> {
    // Whoever asks has heard of a change: what could not be read before may be read now.
    this.#logins.forget();
    return this.#guard(APP, () => listInstallations(this.#app.octokit));
  }

  listRepositories(account: string): Promise<readonly HostRepositoryRow[]> {
    return this.#ask({ account }, (octokit) => listInstalled(octokit, account));
  }

  findPlace(url: string): Promise<NamedPlace | null> {
    const repository = repositoryOf(url, this.#config.apiUrl);
    if (repository === null) return Promise.resolve(null);
    return this.#guard(APP, async () => {
      const { owner, name } = repository;
      const { data } = await this.#app.octokit.rest.apps.getRepoInstallation({ owner, repo: name });
      return { owner, name, account: String(data.id) };
    }).catch((error: unknown) => {
      // Nobody has installed the App there.
      if (isGone(error)) return null;
      throw error;
    });
  }

  /** With what git reads a repository there; null where the App is not installed. The token is of that repository, and may do nothing else. */
  findGitLogin(url: string): Promise<GitLogin | null> {
    return this.#logins.find(url);
  }

  async #mintFor(url: string): Promise<string | null> {
    const place = await this.findPlace(url);
    if (place === null) return null;
    const wanted = { repositories: [place.name], permissions: { contents: "read" as const } };
    return this.#guard(APP, async () => {
      const { data } = await this.#app.octokit.rest.apps.createInstallationAccessToken({
        installation_id: Number(place.account),
        ...wanted,
      });
      return data.token;
    });
  }

  write(wanted: WantedObject, context: WriteContext): Promise<string | null> {
    const place = wanted.kind === "check" ? wanted.subject.place : wanted.place;
    return this.#ask(place, (octokit): Promise<string | null> => {
      switch (wanted.kind) {
        case "check":
          return writeCheck(octokit, wanted, { ...context, appId: this.#config.appId });
        case "comment":
          return writeComment(octokit, wanted, { ...context, appId: this.#config.appId });
        case "reaction":
          return writeReaction(octokit, wanted, context);
        case "deployment":
          return writeDeployment(octokit, wanted, context);
        case "issue":
          return writeIssue(octokit, wanted, { ...context, appId: this.#config.appId });
      }
    });
  }

  permissionOf(place: Place, user: string): Promise<Permission> {
    return this.#ask(place, async (octokit) => {
      const query = { ...nameOf(place), username: user };
      const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel(query);
      return permissionOf(data.permission);
    });
  }

  /** Asks for those again that could not be handed over, what was sent longest ago first: GitHub sends none of itself. */
  async recoverDeliveries({ since, isKnown }: Lost): Promise<Recovered> {
    return this.#guard(APP, async () => {
      const failed = missedIn(await listAttempts(this.#app.octokit, since), this.#clock.now());
      const known = await isKnown([...failed.keys()].map((guid) => `github ${guid}`));
      const missed = [...failed].flatMap(([guid, id]) => (known.has(`github ${guid}`) ? [] : [id]));
      const unsendable = new Set(missed.filter((id) => this.#unsendable.has(id)));
      const due = missed.toReversed().filter((id) => !unsendable.has(id));
      let asked = 0;
      for (const id of due.slice(0, REDELIVERIES_MAX))
        if (await this.#redeliver(id)) asked += 1;
        else unsendable.add(id);
      this.#unsendable = unsendable;
      return { asked, hasMore: due.length > REDELIVERIES_MAX };
    });
  }

  /** False when GitHub will not send it again, which is no reason to go without those after it. */
  async #redeliver(id: number): Promise<boolean> {
    try {
      await this.#app.octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: id });
      return true;
    } catch (error) {
      if (isHopeless(explainGithub(error, this.#clock.now()))) return false;
      throw error;
    }
  }

  #ask<Answer>(
    place: Pick<NamedPlace, "account">,
    question: (octokit: Octokit) => Promise<Answer>,
  ): Promise<Answer> {
    return this.#guard(place.account, async () => {
      const octokit = await this.#app.getInstallationOctokit(Number(place.account));
      prepare(octokit);
      this.#etags.wrap(octokit, place.account);
      return question(octokit);
    });
  }

  async #guard<Answer>(who: string, work: () => Promise<Answer>): Promise<Answer> {
    this.#refuseImpatience(who);
    try {
      return await work();
    } catch (error) {
      // A token that was taken back is forgotten with all others: the next request gets a new one.
      if (error instanceof RequestError && error.status === 401) this.#app = createApp(this.#config);
      const failure = error instanceof HostFailure ? error : explainGithub(error, this.#clock.now());
      if (failure.kind === "limited") this.#closedUntil.set(who, this.#clock.now() + failure.retryAfterMs);
      throw failure;
    }
  }

  /** GitHub may lock out whoever goes on asking while it is to be left alone, be it for something else. */
  #refuseImpatience(who: string): void {
    const retryAfterMs = (this.#closedUntil.get(who) ?? 0) - this.#clock.now();
    if (retryAfterMs <= 0) return;
    const message = `GitHub is to be left alone for ${Math.ceil(retryAfterMs / 1000)} s more`;
    throw new HostFailure("limited", message, { retryAfterMs });
  }
}

/** Those since then, newest first; GitHub tells them by pages. */
async function listAttempts(octokit: Octokit, since: number): Promise<readonly Attempt[]> {
  const found: Attempt[] = [];
  const pages = octokit.paginate.iterator(octokit.rest.apps.listWebhookDeliveries, { per_page: PAGE });
  for await (const { data } of pages) {
    const recent = data.filter(({ delivered_at: at }) => Date.parse(at) >= since);
    found.push(...recent);
    if (recent.length < data.length || found.length >= DELIVERIES_MAX) break;
  }
  return found;
}

interface Attempt {
  readonly id: number;
  readonly guid: string;
  readonly status_code: number;
  readonly delivered_at: string;
}

/**
 * Of each delivery that never went well the id of its latest attempt; one that has failed often is left alone for a while. Newest first
 * come attempts.
 */
function missedIn(attempts: readonly Attempt[], now: number): ReadonlyMap<string, number> {
  const byGuid = new Map<string, Attempt[]>();
  for (const attempt of attempts) byGuid.set(attempt.guid, [...(byGuid.get(attempt.guid) ?? []), attempt]);
  const missed = new Map<string, number>();
  for (const [guid, own] of byGuid) {
    const isDone = own.some(({ status_code: status }) => status >= 200 && status < 300);
    const [latest] = own;
    if (isDone || latest === undefined) continue;
    const isDue = now - Date.parse(latest.delivered_at) >= SLOW_ATTEMPT_MS;
    if (isDue || own.length < QUICK_ATTEMPTS_MAX) missed.set(guid, latest.id);
  }
  return missed;
}

function createApp({ appId, privateKey, apiUrl }: GithubConfig): App {
  const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const octokit = Octokit.defaults({
    baseUrl: apiUrl,
    // Our outbox is patient already, for each installation by itself.
    throttle: { enabled: false },
    retry: { enabled: false },
    log,
  });
  const app = new App({ appId, privateKey, Octokit: octokit, log });
  prepare(app.octokit);
  return app;
}

/** No request hangs for ever, and each says for which version it was written. */
function prepare(octokit: Octokit): void {
  octokit.hook.before("request", (options) => {
    options.headers["x-github-api-version"] = API_VERSION;
    options.request = { ...options.request, signal: AbortSignal.timeout(REQUEST_MS_MAX) };
  });
}

function ignore(): void {
  // What matters of a request is told by how it ends.
}

function nameOf({ owner, name }: NamedPlace): { readonly owner: string; readonly repo: string } {
  return { owner, repo: name };
}

function placeOf(
  { id, clone_url: cloneUrl }: { readonly id: number; readonly clone_url: string },
  { account, owner, name }: NamedPlace,
): Place {
  return { account, owner, name, repositoryId: String(id), cloneUrl };
}

function changeOf(pull: {
  readonly number: number;
  readonly state: string;
  readonly merged_at: string | null;
  readonly head: { readonly sha: string; readonly repo: { readonly id: number } | null };
  readonly base: { readonly ref: string; readonly repo: { readonly id: number } };
}): Change {
  return {
    number: pull.number,
    isOpen: pull.state === "open",
    isMerged: pull.merged_at !== null,
    // That of a fork that was deleted is gone.
    isFork: pull.head.repo?.id !== pull.base.repo.id,
    head: pull.head.sha,
    ref: `refs/pull/${pull.number}/head`,
    base: pull.base.ref,
  };
}

function permissionOf(said: string): Permission {
  switch (said) {
    case "admin":
    case "write":
    case "read":
      return said;
    default:
      return "none";
  }
}
