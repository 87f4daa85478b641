import { createHmac, randomUUID } from "node:crypto";

interface FakeDelivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly body: Buffer;
  readonly at: string;
  readonly isAgain: boolean;
  status: number;
}

interface Answered {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** What the fake GitHub sends to webhooks. Each attempt to deliver something is listed, with an id of its own. */
export class FakeDeliveries {
  readonly attempts: FakeDelivery[] = [];
  /** They are made and do not arrive. */
  isLossy = false;
  /** They are on their way until `arriveReversed`, and not listed before. */
  isSlow = false;
  /** How often they were listed. */
  listed = 0;
  /** Takes the next wish that a delivery is sent again: an answer to give instead, or null to go on. */
  refuseToSend: (guid: string) => Answered | null = () => null;
  readonly #onTheirWay: FakeDelivery[] = [];
  readonly #options: {
    readonly hookUrl: () => string;
    readonly secret: string;
    readonly nextId: () => number;
  };

  constructor(options: {
    readonly hookUrl: () => string;
    readonly secret: string;
    readonly nextId: () => number;
  }) {
    this.#options = options;
  }

  /** Returns the status that it was answered with; 0 when it was lost. */
  async deliver(event: string, payload: unknown): Promise<number> {
    const body = Buffer.from(JSON.stringify(payload));
    const { attempt, sent } = this.#attempt({ guid: randomUUID(), event, body });
    await sent;
    return attempt.status;
  }

  /** Sends every attempt once more, which is no attempt of its own. */
  async repeatAll(): Promise<void> {
    for (const attempt of this.attempts) await this.#send(attempt);
  }

  /** What is on its way arrives, what was sent last first. */
  async arriveReversed(): Promise<void> {
    this.isSlow = false;
    for (const attempt of this.#onTheirWay.splice(0).toReversed()) {
      this.attempts.push(attempt);
      await this.#send(attempt);
    }
  }

  sendAgain(id: string): Answered {
    const found = this.attempts.find((attempt) => String(attempt.id) === id);
    if (found === undefined) return { status: 404, body: { message: "Not Found" } };
    const refused = this.refuseToSend(found.guid);
    if (refused !== null) return refused;
    this.#attempt(found);
    return { status: 202, body: {} };
  }

  /** By pages, the next one after a cursor. */
  list(query: URLSearchParams, url: string): Answered {
    this.listed += 1;
    const cursor = Number(query.get("cursor") ?? Infinity);
    const older = this.attempts.filter(({ id }) => id < cursor).toReversed();
    const page = older.slice(0, Number(query.get("per_page") ?? 30));
    const next = `<${url}/app/hook/deliveries?per_page=100&cursor=${page.at(-1)?.id ?? 0}>; rel="next"`;
    const headers: Record<string, string> = page.length < older.length ? { link: next } : {};
    return { status: 200, body: page.map(bodyOf), headers };
  }

  #attempt({ guid, event, body }: Pick<FakeDelivery, "guid" | "event" | "body">): {
    readonly attempt: FakeDelivery;
    readonly sent: Promise<void>;
  } {
    const at = new Date().toISOString();
    const isAgain = this.attempts.some((attempt) => attempt.guid === guid);
    const attempt = { id: this.#options.nextId(), guid, event, body, at, isAgain, status: 0 };
    (this.isSlow ? this.#onTheirWay : this.attempts).push(attempt);
    return { attempt, sent: this.isLossy || this.isSlow ? Promise.resolve() : this.#send(attempt) };
  }

  async #send(attempt: FakeDelivery): Promise<void> {
    const { hookUrl, secret } = this.#options;
    const signature = createHmac("sha256", secret).update(attempt.body).digest("hex");
    const response = await fetch(hookUrl(), {
      method: "POST",
      body: attempt.body,
      headers: {
        "content-type": "application/json",
        "x-github-event": attempt.event,
        "x-github-delivery": attempt.guid,
        "x-hub-signature-256": `sha256=${signature}`,
      },
    });
    attempt.status = response.status;
    await response.arrayBuffer();
  }
}

function bodyOf({ id, guid, event, at, isAgain, status }: FakeDelivery): object {
  return {
    id,
    guid,
    event,
    delivered_at: at,
    status_code: status,
    status: status === 0 ? "failed to connect" : "OK",
    redelivery: isAgain,
    duration: 0,
    action: null,
    installation_id: 5,
    repository_id: 11,
  };
}
