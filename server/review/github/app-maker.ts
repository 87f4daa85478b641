import { randomBytes } from "node:crypto";
import { Octokit } from "octokit";
import type { Clock } from "../../clock.js";
import { ServiceError } from "../../errors.js";
import { HostFailure } from "../review-host.js";
import type { MadeApp } from "./app-file.js";
import { appManifest } from "./app-manifest.js";
import { explainGithub } from "./github-failure.js";
import { githubSite, newAppUrl, type GithubSite } from "./github-site.js";

/** What GitHub gives a code, and we give a person, to make an App. Source: https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest#implementing-the-github-app-manifest-flow */
const MAKING_MS_MAX = 3_600_000;
const MAKINGS_MAX = 100;
const REQUEST_MS_MAX = 30_000;

export interface AppMakerOptions {
  /** Where GitHub reaches the service; null when nobody has said. */
  readonly publicUrl: string | null;
  readonly clock: Clock;
  /** Takes what was made: keeps it, and begins to use it. */
  readonly onMade: (app: MadeApp) => Promise<void>;
}

/** What a person is to send to GitHub, with the browser. */
export interface AppForm {
  /** Where to: a page of GitHub, which says what the App may do and makes it. */
  readonly action: string;
  readonly manifest: object;
}

interface Making {
  readonly site: GithubSite;
  readonly form: AppForm;
  readonly endsAt: number;
  /** What GitHub gave for it, once. */
  code: string | null;
  converted: MadeApp | null;
  /** What was made of it, or is being made. */
  made: Promise<MadeApp> | null;
}

/**
 * Makes a GitHub App from a manifest: a person takes it to GitHub, and comes back with a code, which is good for an hour and is changed
 * for the App's key once. What ties the two is the state, 256 random bits that only whoever may ask the service was given. A state is
 * good for one App: whoever comes back a second time sees the same one. What was begun is in memory alone: a person who comes back after
 * a restart begins anew.
 */
export class AppMaker {
  readonly #options: AppMakerOptions;
  readonly #makings = new Map<string, Making>();

  constructor(options: AppMakerOptions) {
    this.#options = options;
  }

  /** Returns the state. @throws ServiceError bad-request, action-not-allowed */
  begin({
    enterprise,
    organization,
  }: {
    readonly enterprise: string | null;
    readonly organization: string | null;
  }): { readonly state: string; readonly endsAt: number } {
    const { publicUrl, clock } = this.#options;
    if (publicUrl === null)
      throw new ServiceError(
        "action-not-allowed",
        "Cannot make a GitHub App: nobody has said where GitHub reaches the service. Start it with HEADWATER_PUBLIC_URL, such as https://headwater.example",
      );
    const site = githubSite(enterprise);
    const state = randomBytes(32).toString("base64url");
    const form = { action: newAppUrl(site, organization, state), manifest: appManifest(publicUrl) };
    const endsAt = clock.now() + MAKING_MS_MAX;
    this.#forgetOld();
    this.#makings.set(state, { site, form, endsAt, code: null, converted: null, made: null });
    return { state, endsAt };
  }

  /** @throws ServiceError forbidden, for a state that was not given out, or is over */
  formOf(state: string): AppForm {
    return this.#find(state).form;
  }

  /**
   * A person comes back from GitHub. Repeated, as by a browser that loads the page again, it does nothing more; what failed is tried again.
   * @throws ServiceError forbidden, bad-request, busy, action-not-allowed
   */
  async complete(state: string, code: string): Promise<MadeApp> {
    const making = this.#find(state);
    if (making.code !== null && making.code !== code)
      throw new ServiceError("forbidden", "Cannot make a GitHub App: another one was made from this page");
    making.code = code;
    making.made ??= this.#make(making, code);
    try {
      return await making.made;
    } catch (error) {
      making.made = null;
      throw error;
    }
  }

  async #make(making: Making, code: string): Promise<MadeApp> {
    making.converted ??= await this.#convert(making.site, code);
    await this.#options.onMade(making.converted);
    return making.converted;
  }

  async #convert({ apiUrl }: GithubSite, code: string): Promise<MadeApp> {
    const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
    const patience = { throttle: { enabled: false }, retry: { enabled: false } };
    const octokit = new Octokit({ baseUrl: apiUrl, log, ...patience });
    octokit.hook.before("request", (options) => {
      options.headers["x-github-api-version"] = "2022-11-28";
      options.request = { ...options.request, signal: AbortSignal.timeout(REQUEST_MS_MAX) };
    });
    try {
      const { data } = await octokit.rest.apps.createFromManifest({ code });
      const { id: appId, name, html_url: url, pem: privateKey, webhook_secret: secret } = data;
      if (secret === null || secret === "")
        throw new HostFailure("refused", "GitHub gave the App no webhook secret");
      return { appId, name, url, apiUrl, privateKey, webhookSecrets: [secret] };
    } catch (error) {
      throw refusalOf(error, this.#options.clock.now());
    }
  }

  #find(state: string): Making {
    const making = this.#makings.get(state);
    if (making !== undefined && making.endsAt > this.#options.clock.now()) return making;
    throw new ServiceError(
      "forbidden",
      "Cannot make a GitHub App: this was not begun at this service, or more than an hour ago, or before a restart. Delete the App on GitHub if there is one, and begin anew",
    );
  }

  #forgetOld(): void {
    const now = this.#options.clock.now();
    for (const [state, { endsAt }] of this.#makings)
      if (endsAt <= now || this.#makings.size >= MAKINGS_MAX) this.#makings.delete(state);
  }
}

function ignore(): void {
  // What octokit would log may hold the code.
}

/** What GitHub says may quote the code, which is why its own words are not told. */
function refusalOf(error: unknown, now: number): ServiceError {
  const { kind, message } = error instanceof HostFailure ? error : explainGithub(error, now);
  if (kind === "gone")
    return new ServiceError(
      "bad-request",
      "Cannot make a GitHub App: GitHub does not know this code, which is good for an hour and once. Delete the App on GitHub if there is one, and begin anew",
    );
  if (kind === "refused") return new ServiceError("bad-request", `Cannot make a GitHub App: ${message}`);
  return new ServiceError(
    "busy",
    "Cannot make a GitHub App now: GitHub does not answer as it should. Load the page again",
  );
}
