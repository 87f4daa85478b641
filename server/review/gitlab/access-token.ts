import { readFile } from "node:fs/promises";
import type { Clock } from "../../clock.js";
import type { Log } from "../../log.js";
import { HostFailure } from "../review-host.js";
import { isToken, type GitlabConfig } from "./gitlab-config.js";

/** So long a token that was refused is not tried again. */
const LOCKED_MS = 60_000;

export interface AccessTokenOptions {
  readonly config: Pick<GitlabConfig, "url" | "token">;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a token that was refused is not tried again. Default a minute. */
  readonly lockedMs?: number;
}

/**
 * What lets us in at GitLab. One that is refused is told of once, and nobody asks with it for a while: what waits goes on when a new one
 * is there.
 */
export class AccessToken {
  readonly #options: AccessTokenOptions;
  #problem: string | null = null;
  #refused: { readonly token: string; readonly until: number } | null = null;

  constructor(options: AccessTokenOptions) {
    this.#options = options;
  }

  /** Why we are not let in; null when we are, as far as is known. */
  get problem(): string | null {
    return this.#problem;
  }

  /** To be sent with a request. @throws HostFailure locked-out */
  async read(): Promise<string> {
    const { token: kept } = this.#options.config;
    if ("text" in kept) return this.#unlessRefused(kept.text);
    const token = (await readFile(kept.file, "utf8").catch(() => "")).trim();
    if (isToken(token)) return this.#unlessRefused(token);
    throw this.#lock(token, `The file "${kept.file}" holds no access token, or cannot be read`);
  }

  /** GitLab did not take it. */
  refuse(token: string, said: string): HostFailure {
    const { token: kept, url } = this.#options.config;
    const how =
      "file" in kept
        ? `Make a new one, and put it into "${kept.file}"`
        : "Make a new one, set HEADWATER_GITLAB_TOKEN to it, and restart";
    return this.#lock(token, `${url} refuses the access token: ${said}. ${how}`);
  }

  /** GitLab took it. */
  accept(): void {
    if (this.#problem !== null)
      this.#options.log.info("GitLab lets the service in again", { url: this.#options.config.url });
    this.#problem = null;
    this.#refused = null;
  }

  #unlessRefused(token: string): string {
    const { clock } = this.#options;
    if (this.#refused?.token !== token || clock.steady() >= this.#refused.until) return token;
    throw new HostFailure("locked-out", this.#problem ?? "", {
      retryAfterMs: this.#refused.until - clock.steady(),
    });
  }

  #lock(token: string, problem: string): HostFailure {
    const { clock, log, lockedMs = LOCKED_MS } = this.#options;
    if (this.#problem !== problem) log.error("GitLab does not let the service in", { problem });
    this.#problem = problem;
    this.#refused = { token, until: clock.steady() + lockedMs };
    return new HostFailure("locked-out", problem, { retryAfterMs: lockedMs });
  }
}
