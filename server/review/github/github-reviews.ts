import type { IncomingHttpHeaders } from "node:http";
import { ServiceError } from "../../errors.js";
import type { GitLogin } from "../../source/remote/git-credentials.js";
import { createReview, type ReviewOptions } from "../create-review.js";
import type { Review } from "../review.js";
import type { HostAccount } from "../review-host.js";
import { appFileOf, readMadeApp, writeMadeApp, type MadeApp } from "./app-file.js";
import { AppMaker, type AppForm } from "./app-maker.js";
import type { GithubConfig } from "./github-config.js";
import { GithubHost } from "./github-host.js";

/** Of 500 that make content. Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits */
const WRITES_PER_HOUR = 450;

export interface GithubReviewsOptions extends Omit<ReviewOptions, "host" | "hostName"> {
  /** The App that the environment names, which counts before one that was made from here. */
  readonly github: GithubConfig | null;
  readonly dataFolder: string;
}

/** A GitHub App, without anything of it that is secret. */
export interface AppDescription {
  readonly appId: number;
  /** Null, as its page, for one that the environment names. */
  readonly name: string | null;
  readonly url: string | null;
  readonly apiUrl: string;
}

/**
 * The reviews of a GitHub App: none until there is one, which the environment names, or which was made from here, now or in an earlier
 * life. One that is made is used at once.
 */
export class GithubReviews implements Review {
  readonly #options: GithubReviewsOptions;
  readonly #file: string;
  readonly #maker: AppMaker;
  #app: GithubConfig | MadeApp | null = null;
  #host: GithubHost | null = null;
  #review: Review | null = null;
  #loaded: Promise<void> | null = null;
  #isStopped = false;

  constructor(options: GithubReviewsOptions) {
    this.#options = options;
    this.#file = appFileOf(options.dataFolder);
    this.#maker = new AppMaker({ ...options, onMade: (app) => this.#adopt(app) });
  }

  /** @throws ServiceError bad-request when the App that was made cannot be read */
  async start(): Promise<void> {
    await this.#load();
    if (this.#host !== null) await this.#begin(this.#host);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#review?.stop();
  }

  get accounts(): readonly HostAccount[] {
    return this.#review?.accounts ?? [];
  }

  async receive(headers: IncomingHttpHeaders, body: Buffer): Promise<{ readonly accepted: boolean }> {
    if (this.#review !== null) return this.#review.receive(headers, body);
    throw new ServiceError(
      "not-found",
      "Cannot take hooks of a GitHub App: the service has none. See docs/github.md",
    );
  }

  /** With what git reads a repository, where the App is installed on it; null where nothing is given. Never fails. */
  async findGitLogin(url: string): Promise<GitLogin | null> {
    await this.#load().catch(() => undefined);
    return this.#host?.findGitLogin(url) ?? null;
  }

  /** Null when there is none. */
  describeApp(): AppDescription | null {
    if (this.#app === null) return null;
    const { appId, apiUrl } = this.#app;
    const made = "name" in this.#app ? this.#app : null;
    return { appId, apiUrl, name: made?.name ?? null, url: made?.url ?? null };
  }

  /** A person is to make an App: returns what names their wish, for an hour. @throws ServiceError bad-request, action-not-allowed */
  beginApp(wanted: { readonly enterprise: string | null; readonly organization: string | null }): {
    readonly state: string;
    readonly endsAt: number;
  } {
    this.#refuseSecond();
    return this.#maker.begin(wanted);
  }

  /** What is to be sent to GitHub. @throws ServiceError forbidden */
  appForm(state: string): AppForm {
    return this.#maker.formOf(state);
  }

  /** A person comes back from GitHub. @throws ServiceError forbidden, bad-request, busy, action-not-allowed */
  async completeApp(state: string, code: string): Promise<AppDescription> {
    const { appId, apiUrl, name, url } = await this.#maker.complete(state, code);
    return { appId, apiUrl, name, url };
  }

  async #adopt(app: MadeApp): Promise<void> {
    this.#refuseSecond(app);
    await writeMadeApp(this.#file, app);
    await this.#begin(this.#take(app));
    this.#options.log.info("A GitHub App was made", { appId: app.appId, name: app.name, url: app.url });
  }

  /** Before `start` too: repositories are fetched from the first moment on. */
  #load(): Promise<void> {
    return (this.#loaded ??= this.#find());
  }

  async #find(): Promise<void> {
    const app = this.#options.github ?? (await readMadeApp(this.#file));
    if (app !== null) this.#take(app);
  }

  #take(app: GithubConfig | MadeApp): GithubHost {
    this.#app = app;
    return (this.#host = new GithubHost(app, this.#options.clock));
  }

  async #begin(host: GithubHost): Promise<void> {
    if (this.#isStopped) return;
    this.#review = createReview({
      writesPerHour: WRITES_PER_HOUR,
      ...this.#options,
      host,
      hostName: "github",
    });
    await this.#review.start();
  }

  #refuseSecond(made?: MadeApp): void {
    if (this.#app === null) return;
    const wrong =
      made === undefined ? "" : `. Delete "${made.name}" on GitHub, which nothing uses: ${made.url}`;
    throw new ServiceError(
      "action-not-allowed",
      `Cannot make a GitHub App: the service has one already, App ${this.#app.appId}. To make another one stop the service, and delete ${this.#options.github === null ? `"${this.#file}"` : "what the environment says of it"}${wrong}`,
    );
  }
}
