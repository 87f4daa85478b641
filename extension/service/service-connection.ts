import type { ApiError, ChangeEvent, Client } from "@headwater/api";
import type { Clock } from "../clock.js";
import { apiCodeOf } from "./api-code.js";
import { boundFetch } from "./bound-fetch.js";

/** How it stands with a service. */
export type ConnectionState =
  | { readonly kind: "connecting"; readonly url: string }
  | { readonly kind: "connected"; readonly url: string; readonly client: Client }
  | { readonly kind: "lost"; readonly url: string; readonly code: string; readonly message: string };

/** What happened at the service; null: too much was missed, or it is another one, so everything is to be loaded anew. */
export type LinkEvent = ChangeEvent | null;

/** Why something cannot be had, to be told to somebody. */
export interface Failure {
  /** A code of the API, or `service-unreachable`. */
  readonly code: string;
  readonly message: string;
}

export interface ConnectionOptions {
  /** Without a slash at its end. */
  readonly url: string;
  readonly readToken: () => Promise<string | null>;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly became: (state: ConnectionState) => void;
  readonly happened: (event: LinkEvent) => void;
  /** Called once for each kind of failure, until the service has been there for a while. */
  readonly tell: (failure: Failure) => void;
}

const RETRY_MS = 10_000;
const RECONNECT_PAUSE_MS = 500;
/** Who was connected for so long has a service that works; what goes wrong then is told again. */
const STEADY_MS = 60_000;
/** After these nothing that is shown can be trusted: the service is not there, or does not let us in any more. */
const LOSSES: ReadonlySet<string> = new Set(["service-unreachable", "unauthorized", "forbidden"]);

/**
 * Follows one service: connecting → connected ⇄ lost. It asks before it follows, so that what is no service of ours is not taken for one,
 * takes the live changes up again where they broke, and is lost as soon as any request finds that the service hangs, or wants a token.
 */
export class ServiceConnection {
  readonly #options: ConnectionOptions;
  readonly #stopped = new AbortController();
  readonly #told = new Set<string>();
  #connectedAt: number | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#options.became({ kind: "connecting", url: this.#options.url });
    void this.#follow();
  }

  stop(): void {
    this.#stopped.abort();
  }

  get #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  async #follow(): Promise<void> {
    while (!this.#isStopped) {
      const attempt = new AbortController();
      await this.#followOnce(attempt).catch((error: unknown) => this.#lose(error, attempt));
      await this.#options.clock.wait(RETRY_MS);
    }
  }

  async #followOnce(attempt: AbortController): Promise<void> {
    const { url, clock, readToken, happened, became } = this.#options;
    const signal = AbortSignal.any([this.#stopped.signal, attempt.signal]);
    // A third of what the extension takes to load: without a service nobody needs it.
    const { createClient } = await import("./service-client.js");
    const client = createClient({
      baseUrl: url,
      token: await readToken(),
      takesUnknownWords: true,
      fetch: boundFetch(this.#options.fetch, clock, (reason) => this.#lose(reason, attempt)),
      pause: (delayMs) => clock.wait(Math.max(delayMs, RECONNECT_PAUSE_MS)),
      failed: (failure) => this.#note(failure, attempt),
    });
    await client.getSession({ signal });
    for await (const event of client.followEvents(null, signal)) {
      if (signal.aborted) return;
      if (this.#connectedAt === null) {
        this.#connectedAt = clock.now();
        became({ kind: "connected", url, client });
      }
      happened(event.kind === "reset" ? null : event.change);
    }
  }

  /** A request failed, whoever asked. */
  #note(failure: ApiError, attempt: AbortController): void {
    if (LOSSES.has(failure.code)) this.#lose(failure, attempt);
    else if (failure.code === "unexpected-answer") this.#tellOnce(failure);
  }

  #lose(error: unknown, attempt: AbortController): void {
    if (this.#isStopped || attempt.signal.aborted) return;
    attempt.abort();
    const { url, clock, became } = this.#options;
    if (this.#connectedAt !== null && clock.now() - this.#connectedAt >= STEADY_MS) this.#told.clear();
    this.#connectedAt = null;
    const failure = failureOf(error, url);
    became({ kind: "lost", url, ...failure });
    this.#tellOnce(failure);
  }

  #tellOnce(failure: Failure): void {
    if (this.#isStopped || this.#told.has(failure.code)) return;
    this.#told.add(failure.code);
    this.#options.tell(failure);
  }
}

function failureOf(error: unknown, url: string): Failure {
  const code = apiCodeOf(error);
  if (code === "unauthorized") return { code, message: `the service at ${url} asks for its HEADWATER_TOKEN` };
  const reason = error instanceof Error ? error.message : String(error);
  if (code !== null) return { code, message: reason };
  return { code: "service-unreachable", message: `Cannot reach the service at ${url}: ${reason}` };
}
