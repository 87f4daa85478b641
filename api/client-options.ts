import type { ApiError } from "./api-error.js";

export interface ClientOptions {
  /** Such as `http://127.0.0.1:7474`. */
  readonly baseUrl: string;
  /** Sent as a bearer token when not null. */
  readonly token?: string | null;
  readonly fetch: typeof fetch;
  /**
   * Whether an answer is taken though words of it are none that we know, such as a status of a newer service: for who shows what comes
   * and decides nothing by it. What is unknown beside is then not left out either. Default: it is refused.
   */
  readonly takesUnknownWords?: boolean;
  /** Waits between attempts to reach a lost event stream; without it a lost stream is an error. Milliseconds. */
  readonly pause?: (delayMs: number) => Promise<void>;
  /** Is told why a request failed before that is thrown, whoever asked; not of one that its own signal ended. */
  readonly failed?: (failure: ApiError) => void;
}
