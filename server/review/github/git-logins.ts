import type { Clock } from "../../clock.js";
import type { GitLogin } from "../../source/remote/git-credentials.js";

export interface GitLoginsOptions {
  /** A new token that may read the contents of that repository; null where the App is not installed. @throws HostFailure */
  readonly mint: (url: string) => Promise<string | null>;
  readonly clock: Clock;
}

/** A token is good for an hour: the last that is given out has half of it left. */
const KEPT_MS = 30 * 60_000;
/** Where the App is not installed it may be soon. */
const ABSENT_MS = 60_000;

interface Kept {
  readonly login: Promise<GitLogin | null>;
  readonly until: number;
}

/** Logins of git at a GitHub, by URL: in memory alone, and asked for again long before they end. */
export class GitLogins {
  readonly #options: GitLoginsOptions;
  readonly #kept = new Map<string, Kept>();

  constructor(options: GitLoginsOptions) {
    this.#options = options;
  }

  /** Null where there is none, or none can be had now: git goes on without. */
  find(url: string): Promise<GitLogin | null> {
    const now = this.#options.clock.now();
    const kept = this.#kept.get(url);
    if (kept !== undefined && now < kept.until) return kept.login;
    for (const [other, { until }] of this.#kept) if (until <= now) this.#kept.delete(other);
    const login = this.#mint(url);
    this.#kept.set(url, { login, until: now + KEPT_MS });
    return login;
  }

  /** Something about the App has changed: what was known of it is asked for anew. */
  forget(): void {
    this.#kept.clear();
  }

  async #mint(url: string): Promise<GitLogin | null> {
    const { mint, clock } = this.#options;
    // Source: https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation
    const minted = await mint(url).catch(() => null);
    if (minted !== null) return { username: "x-access-token", password: minted };
    this.#kept.set(url, { login: Promise.resolve(null), until: clock.now() + ABSENT_MS });
    return null;
  }
}
