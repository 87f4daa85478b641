import type { IncomingHttpHeaders } from "node:http";
import { ServiceError } from "../../errors.js";
import type { GitLogin } from "../../source/remote/git-credentials.js";
import { createReview, type ReviewOptions } from "../create-review.js";
import type { Review } from "../review.js";
import type { HostAccount } from "../review-host.js";
import type { GitlabConfig } from "./gitlab-config.js";
import { GitlabHost, type GitlabHostOptions } from "./gitlab-host.js";
import type { KnownOwner } from "./token-owner.js";

export interface GitlabReviewsOptions
  extends Omit<ReviewOptions, "host" | "hostName">, Pick<GitlabHostOptions, "lockedMs"> {
  /** Null: there are no reviews there. */
  readonly gitlab: GitlabConfig | null;
}

/** A GitLab as it is configured, without anything of it that is secret. */
export interface GitlabDescription {
  readonly url: string;
  /** Whose token it is; null when GitLab was not asked yet. */
  readonly owner: KnownOwner | null;
  /** Why GitLab does not let us in; null when it does. */
  readonly problem: string | null;
  /** Whether webhooks are taken. */
  readonly hasWebhooks: boolean;
}

/** The reviews of a GitLab, if there is one. */
export class GitlabReviews implements Review {
  readonly #config: GitlabConfig | null;
  readonly #host: GitlabHost | null;
  readonly #review: Review | null;

  constructor(options: GitlabReviewsOptions) {
    this.#config = options.gitlab;
    this.#host = options.gitlab === null ? null : new GitlabHost({ ...options, config: options.gitlab });
    this.#review =
      this.#host === null ? null : createReview({ ...options, host: this.#host, hostName: "gitlab" });
  }

  async start(): Promise<void> {
    await this.#review?.start();
  }

  async stop(): Promise<void> {
    await this.#review?.stop();
  }

  get accounts(): readonly HostAccount[] {
    return this.#review?.accounts ?? [];
  }

  async receive(headers: IncomingHttpHeaders, body: Buffer): Promise<{ readonly accepted: boolean }> {
    if (this.#review !== null && this.describe()?.hasWebhooks === true)
      return this.#review.receive(headers, body);
    throw new ServiceError(
      "not-found",
      "Cannot take hooks of GitLab: HEADWATER_GITLAB_WEBHOOK_SECRET is not set. See docs/gitlab.md",
    );
  }

  /** With what git reads a repository there; null where nothing is given. Never fails. */
  async findGitLogin(url: string): Promise<GitLogin | null> {
    return this.#host?.findGitLogin(url) ?? null;
  }

  /** Null when there is none. */
  describe(): GitlabDescription | null {
    if (this.#config === null || this.#host === null) return null;
    const { url, webhookSecrets } = this.#config;
    const { owner, problem } = this.#host;
    return { url, owner, problem, hasWebhooks: webhookSecrets.length > 0 };
  }
}
