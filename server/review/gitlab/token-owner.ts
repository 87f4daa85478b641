import * as z from "zod";
import type { Clock } from "../../clock.js";
import type { Log } from "../../log.js";
import { HostFailure, type HostAccount } from "../review-host.js";
import type { GitlabApi } from "./gitlab-api.js";
import { ACCOUNT } from "./project.js";

/** A token that ends within so long is told of. */
const SOON_MS = 14 * 24 * 3_600_000;

const user = z.object({ id: z.int(), username: z.string() });
const accessToken = z.object({ scopes: z.array(z.string()), expires_at: z.string().nullish() });

/** Whose access token it is. */
export interface KnownOwner {
  readonly username: string;
  /** Its last day, such as `2027-06-30`; null where it has none, or does not say. */
  readonly expiresOn: string | null;
  /** Scopes that it lacks. */
  readonly missing: readonly string[];
}

export interface TokenOwnerOptions {
  readonly api: GitlabApi;
  /** Of the GitLab. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** The user whose access token we have, which of a project or group token is a bot. */
export class TokenOwner {
  readonly #options: TokenOwnerOptions;
  #id: number | null = null;
  #known: KnownOwner | null = null;
  /** Of what end it was told. */
  #told: string | null = null;

  constructor(options: TokenOwnerOptions) {
    this.#options = options;
  }

  get known(): KnownOwner | null {
    return this.#known;
  }

  /** The number of the user. @throws HostFailure */
  async id(): Promise<number> {
    return (this.#id ??= (await this.#options.api.get("/user", user)).id);
  }

  /** Asks anew: the token may be another one. @throws HostFailure */
  async look(): Promise<HostAccount> {
    const { api, url } = this.#options;
    const { id, username } = await api.get("/user", user);
    this.#id = id;
    const own = await this.#describe();
    this.#known = { username, ...own };
    this.#tellEnd(own.expiresOn);
    const page = `${url}/-/user_settings/personal_access_tokens`;
    return { account: ACCOUNT, name: username, url: page, isSuspended: false, missing: own.missing };
  }

  /** Of what is no token of its own, such as one of OAuth, GitLab tells nothing. */
  async #describe(): Promise<Pick<KnownOwner, "expiresOn" | "missing">> {
    try {
      const { scopes, expires_at: end } = await this.#options.api.get(
        "/personal_access_tokens/self",
        accessToken,
      );
      return { expiresOn: end ?? null, missing: scopes.includes("api") ? [] : ["api"] };
    } catch (error) {
      const isUntold = error instanceof HostFailure && (error.kind === "gone" || error.kind === "refused");
      if (!isUntold) throw error;
      return { expiresOn: null, missing: [] };
    }
  }

  #tellEnd(expiresOn: string | null): void {
    const { clock, log } = this.#options;
    if (expiresOn === null || expiresOn === this.#told) return;
    if (Date.parse(expiresOn) - clock.now() > SOON_MS) return;
    this.#told = expiresOn;
    log.warn("The access token of GitLab ends soon: make a new one", { expiresOn });
  }
}
