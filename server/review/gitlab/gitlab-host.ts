import type { IncomingHttpHeaders } from "node:http";
import * as z from "zod";
import type { Clock } from "../../clock.js";
import type { Log } from "../../log.js";
import type { GitLogin } from "../../source/remote/git-credentials.js";
import type { HostRepositoryRow } from "../../store/host-repositories.js";
import type { NamedPlace, Place } from "../place.js";
import {
  isGone,
  type Change,
  type Delivery,
  type HostAccount,
  type Lost,
  type OpenChange,
  type OpenChanges,
  type Permission,
  type Recovered,
  type ReviewHost,
  type WriteContext,
} from "../review-host.js";
import type { WantedObject } from "../wanted-object.js";
import { AccessToken } from "./access-token.js";
import { GitlabApi, PAGE } from "./gitlab-api.js";
import type { GitlabConfig } from "./gitlab-config.js";
import { changeOf, mergeRequest } from "./merge-request.js";
import { findPermission } from "./find-permission.js";
import { MissedNews } from "./missed-news.js";
import { placeOf, project, projectAt, projectPath, rowOf } from "./project.js";
import { readGitlabDelivery } from "./read-delivery.js";
import { TokenOwner, type KnownOwner } from "./token-owner.js";
import { writeDeployment } from "./write-deployment.js";
import { writeIssue } from "./write-issue.js";
import { writeAward, writeNote } from "./write-note.js";
import { writeStatus } from "./write-status.js";

const PAGES_MAX = 20;
/** Of projects: 10,000. */
const PROJECT_PAGES_MAX = 100;
const projects = z.array(project);
const mergeRequests = z.array(mergeRequest);

export interface GitlabHostOptions {
  readonly config: GitlabConfig;
  readonly clock: Clock;
  readonly log: Log;
  /** See `AccessTokenOptions.lockedMs`. */
  readonly lockedMs?: number;
}

/** GitLab, gitlab.com or of somebody's own, with one access token. */
export class GitlabHost implements ReviewHost {
  readonly traits = { change: "merge request", sign: "!", hasCheckPages: false, isInvited: false };
  readonly #config: GitlabConfig;
  readonly #token: AccessToken;
  readonly #api: GitlabApi;
  readonly #owner: TokenOwner;
  readonly #missed: MissedNews;

  constructor(options: GitlabHostOptions) {
    const { config, clock, log } = options;
    this.#config = config;
    this.#token = new AccessToken(options);
    this.#api = new GitlabApi({ url: config.url, token: this.#token, clock });
    this.#owner = new TokenOwner({ api: this.#api, url: config.url, clock, log });
    this.#missed = new MissedNews({ api: this.#api, url: config.url, clock, log });
  }

  /** Whose token it is, as of the last look; null before that. */
  get owner(): KnownOwner | null {
    return this.#owner.known;
  }

  /** Why GitLab does not let us in; null when it does, as far as is known. */
  get problem(): string | null {
    return this.#token.problem;
  }

  readDelivery(headers: IncomingHttpHeaders, body: Buffer): Delivery {
    return readGitlabDelivery(this.#config.webhookSecrets, headers, body);
  }

  async findChange(place: NamedPlace, number: number): Promise<Change | null> {
    const path = `${projectPath(place)}/merge_requests/${number}`;
    const seen = await this.#unlessGone(this.#api.get(path, mergeRequest));
    // The same is said of a project that is not there, or not for us, and then this fails as well.
    if (seen === null) await this.#api.get(projectPath(place), project);
    return seen === null ? null : changeOf(seen);
  }

  async listOpenChanges(named: NamedPlace): Promise<OpenChanges> {
    const place = placeOf(await this.#api.get(projectPath(named), project));
    const changes: OpenChange[] = [];
    const query = { state: "opened", pagesMax: PAGES_MAX };
    let listed = 0;
    for await (const page of this.#api.pages(`${projectPath(place)}/merge_requests`, mergeRequests, query)) {
      listed += page.length;
      for (const seen of page) {
        const change = changeOf(seen);
        if (change !== null) changes.push({ ...change, place, changedAt: Date.parse(seen.updated_at) });
      }
    }
    return { changes, isWhole: listed < PAGES_MAX * PAGE };
  }

  async listAccounts(): Promise<readonly HostAccount[]> {
    return [await this.#owner.look()];
  }

  async listRepositories(): Promise<readonly HostRepositoryRow[]> {
    const found: HostRepositoryRow[] = [];
    const query = { membership: true, order_by: "id", sort: "asc", pagesMax: PROJECT_PAGES_MAX };
    for await (const page of this.#api.pages("/projects", projects, query)) found.push(...page.map(rowOf));
    return found;
  }

  async findPlace(url: string): Promise<NamedPlace | null> {
    const named = projectAt(url, this.#config.url);
    if (named === null) return null;
    const seen = await this.#unlessGone(this.#api.get(projectPath(named), project));
    return seen === null ? null : placeOf(seen);
  }

  /** With what git reads there. It is told to that GitLab alone. Null where it is not of it, or we are not let in. */
  async findGitLogin(url: string): Promise<GitLogin | null> {
    const isThere = URL.canParse(url) && new URL(url).href.startsWith(new URL(`${this.#config.url}/`).href);
    if (!isThere) return null;
    const password = await this.#token.read().catch(() => null);
    // Any name will do: https://docs.gitlab.com/user/profile/personal_access_tokens/#clone-repository-using-personal-access-token
    return password === null ? null : { username: "oauth2", password };
  }

  async write(wanted: WantedObject, context: WriteContext): Promise<string | null> {
    switch (wanted.kind) {
      case "check":
        return writeStatus(this.#api, wanted, context);
      case "comment": {
        const self = await this.#owner.id();
        return writeNote(this.#api, wanted, { ...context, self, url: this.#config.url });
      }
      case "reaction":
        return writeAward(this.#api, wanted, context);
      case "deployment":
        return writeDeployment(this.#api, wanted, context);
      case "issue":
        return writeIssue(this.#api, wanted, { ...context, self: await this.#owner.id() });
    }
  }

  permissionOf(place: Place, user: string): Promise<Permission> {
    return findPermission(this.#api, place, user);
  }

  async recoverDeliveries(lost: Lost): Promise<Recovered> {
    await this.#missed.find(lost);
    return { asked: 0, hasMore: false };
  }

  async #unlessGone<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
    return asked.catch((error: unknown) => {
      if (isGone(error)) return null;
      throw error;
    });
  }
}
