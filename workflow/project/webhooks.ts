import { compileEnv } from "../compile/compile-value.js";
import type { Report } from "../diagnostics/report.js";
import { itemsOf, valueOr } from "../schema/field-value.js";
import type { SettingsFields } from "../schema/settings-schema.js";

/** How a sender shows that it knows the secret. */
export type WebhookProof = "token" | "hmac" | "timestamped_hmac";

/** How requests of one sender from outside become signals. */
export interface Webhook {
  readonly signal: string;
  /** The name of the secret that the sender knows too. */
  readonly secret: string;
  readonly proof: WebhookProof;
  /** The header that carries the proof, in lower case. */
  readonly header: string;
  /** A JSON pointer to a list of which every item is a signal; null: the body is one. */
  readonly each: string | null;
  /** JSON pointers, into the item or the body. */
  readonly params: Readonly<Record<string, string>>;
  /** What tells repeated deliveries: a JSON pointer, or the name of a header; null: every delivery counts. */
  readonly dedupe: string | null;
}

const HEADERS: Readonly<Record<WebhookProof, string>> = {
  token: "authorization",
  hmac: "x-hub-signature-256",
  timestamped_hmac: "stripe-signature",
};

/** The webhooks of `headwater.yaml`; one that lacks its signal or its secret is left out. */
export function webhooksOf({ webhooks }: SettingsFields): Readonly<Record<string, Webhook>> {
  return Object.fromEntries(
    itemsOf(webhooks).flatMap(({ key, value: { value } }) => {
      const secret = value.secret === undefined ? null : compileEnv(value.secret.node);
      if (value.signal === undefined || secret?.kind !== "secret") return [];
      const proof = valueOr(value.proof, "token");
      const webhook: Webhook = {
        signal: value.signal.value,
        secret: secret.name,
        proof,
        header: valueOr(value.header, HEADERS[proof]).toLowerCase(),
        each: valueOr(value.each, null),
        params: Object.fromEntries(itemsOf(value.params).map((param) => [param.key, param.value.value])),
        dedupe: valueOr(value.dedupe, null),
      };
      return [[key, webhook]];
    }),
  );
}

/** A secret is never told by the repository. */
export function checkWebhooks({ webhooks }: SettingsFields, report: Report): void {
  for (const { value } of itemsOf(webhooks)) {
    const { secret } = value.value;
    if (secret === undefined || compileEnv(secret.node).kind === "secret") continue;
    const message = "What a sender proves itself by is one secret: ${{ secrets.NAME }}";
    report({ code: "invalid-value", message, range: secret.range });
  }
}
