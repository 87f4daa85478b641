import type { AlertMessage } from "../alert-message.js";

/** What became of one try. */
export type Sent =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** In words; secrets are masked. */
      readonly error: string;
      /** Trying again does not help. */
      readonly isFinal: boolean;
      /** What the receiver asks for; null for nothing. */
      readonly retryAfterMs: number | null;
    };

/** A way to reach people. */
export interface Channel {
  /** Why nothing can be sent to that receiver, as things are configured; null when something can. */
  problem(to: string): Promise<string | null>;
  /** One try. Never throws. */
  send(to: string, message: AlertMessage, stop: AbortSignal): Promise<Sent>;
}

/** A try that need not be repeated. */
export function finalFailure(error: string): Sent {
  return { ok: false, error, isFinal: true, retryAfterMs: null };
}
