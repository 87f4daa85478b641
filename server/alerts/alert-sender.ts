import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import type { AlertChannel, AlertEnd, AlertRow } from "../store/alerts.js";
import type { Store } from "../store/store.js";
import type { AlertMessage } from "./alert-message.js";
import type { Channel, Sent } from "./channels/channel.js";

export interface AlertSenderOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly channels: Readonly<Record<AlertChannel, Channel>>;
  readonly write: (alert: AlertRow) => Promise<AlertMessage>;
  /** Another one may be due. */
  readonly onEnded: () => void;
}

const AT_ONCE_MAX = 8;
const TRY_MS_MAX = 10_000;
const FIRST_DELAY_MS = 5000;
const DELAY_MS_MAX = 30 * 60_000;
const DELAY_GROWTH = 3;

/** With the delays between them it is tried for about three hours: later than that it is no news. */
export const TRIES_MAX = 12;

/** How long to wait after a try that failed, the first being 1. */
export function delayAfter(tries: number): number {
  return Math.min(DELAY_MS_MAX, FIRST_DELAY_MS * DELAY_GROWTH ** (tries - 1));
}

/**
 * Sends what is due, a few at once and each receiver in order. A try is durable before it begins, so that after a kill the alert is sent
 * again: at least once, with the same id.
 */
export class AlertSender {
  readonly #options: AlertSenderOptions;
  readonly #stopping = new AbortController();
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: AlertSenderOptions) {
    this.#options = options;
  }

  /** Begins to send what is due; answers when the next one is, null for none. */
  async sendDue(): Promise<number | null> {
    const { store, clock } = this.#options;
    const free = AT_ONCE_MAX - this.#underWay.size;
    // The end of one of them looks again.
    if (free <= 0) return null;
    for (const alert of await store.listDueAlerts(clock.now(), free)) {
      if (this.#stopping.signal.aborted) return null;
      if (!(await store.beginAlert(alert.id))) continue;
      const sending = this.#tell({ ...alert, tries: alert.tries + 1 }).finally(() => {
        this.#underWay.delete(sending);
        this.#options.onEnded();
      });
      this.#underWay.add(sending);
    }
    return this.#underWay.size < AT_ONCE_MAX ? store.nextAlertAt() : null;
  }

  /** One try outside of the order and the store, for somebody who waits for its outcome. */
  async sendNow(alert: AlertRow): Promise<Sent> {
    const { channels, write, clock } = this.#options;
    const timeout = new AbortController();
    const cancel = clock.after(TRY_MS_MAX, () => timeout.abort());
    const stop = AbortSignal.any([this.#stopping.signal, timeout.signal]);
    try {
      return await channels[alert.channel].send(alert.to, await write(alert), stop);
    } catch (error) {
      // A provider of secrets that cannot be read, or a disk: it may pass.
      const reason = error instanceof Error ? error.message : String(error);
      return { ok: false, error: reason, isFinal: false, retryAfterMs: null };
    } finally {
      cancel();
    }
  }

  /** Ends what is under way; a try that is cut off is made again by the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#underWay);
  }

  async #tell(alert: AlertRow): Promise<void> {
    const { store, log, clock } = this.#options;
    const sent = await this.sendNow(alert);
    if (this.#stopping.signal.aborted && !sent.ok) return;
    const end = endOf(alert, sent, clock.now());
    const { channel, to, id } = alert;
    if (end.state === "given_up")
      log.warn("gave up an alert", { alert: id, channel, to, tries: alert.tries, reason: end.error });
    try {
      await store.endAlert(id, end);
    } catch (error) {
      log.error("cannot record what became of an alert", { alert: id, reason: String(error) });
    }
  }
}

function endOf({ tries }: AlertRow, sent: Sent, at: number): AlertEnd {
  if (sent.ok) return { state: "told", at };
  const { error } = sent;
  if (sent.isFinal || tries >= TRIES_MAX) return { state: "given_up", error, at };
  const delayMs = Math.min(DELAY_MS_MAX, Math.max(delayAfter(tries), sent.retryAfterMs ?? 0));
  return { state: "waiting", error, nextAt: at + delayMs, at };
}
