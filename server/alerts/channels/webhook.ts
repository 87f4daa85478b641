import { createHmac } from "node:crypto";
import type { Secrets } from "../../secrets/secrets.js";
import type { AlertMessage } from "../alert-message.js";
import { finalFailure, type Channel } from "./channel.js";
import { fillSecrets, missingText } from "./fill-secrets.js";
import { postJson } from "./post-json.js";

/** When the service has this secret, what it sends is signed with it. */
const SIGNING_KEY = "ALERT_SIGNING_KEY";

/** `webhook`: a POST of JSON; docs/guide/alerts.md says what is in it. Several tries of an alert have the same body. */
export function createWebhookChannel({ secrets }: { readonly secrets: Secrets }): Channel {
  return {
    async problem(to) {
      const filled = await fillSecrets(to, secrets);
      return filled.ok ? null : missingText(filled.missing);
    },
    async send(to, message, stop) {
      const filled = await fillSecrets(to, secrets);
      if (!filled.ok) return finalFailure(missingText(filled.missing));
      const key = (await secrets.read([SIGNING_KEY], "live")).get(SIGNING_KEY);
      const body = JSON.stringify(webhookBody(message));
      const headers = {
        "headwater-alert": message.alert.id,
        ...(key === undefined ? {} : { "headwater-signature": `sha256=${signatureOf(body, key)}` }),
      };
      return postJson({ url: filled.text, headers, body, secrets: filled.values, stop });
    },
  };
}

function signatureOf(body: string, key: string): string {
  return createHmac("sha256", key).update(body).digest("hex");
}

/** What programs read. Times are ISO 8601 in UTC. */
function webhookBody({ alert, last, title, details, log, url }: AlertMessage): object {
  const { id, project, environment, workflow, occasion, happened, createdAt } = alert;
  const { run, deployment } = last;
  return {
    id,
    occasion,
    counts: Object.fromEntries(Object.entries(happened).map(([each, { count }]) => [each, count])),
    project,
    environment,
    workflow,
    title,
    details,
    log,
    url,
    at: iso(last.at),
    createdAt: iso(createdAt),
    run: run === null ? null : { ...run, ...isoTimes(run), name: `${project}/${workflow}#${run.number}` },
    deployment,
  };
}

function isoTimes(run: NonNullable<AlertMessage["last"]["run"]>): object {
  return {
    createdAt: iso(run.createdAt),
    startedAt: iso(run.startedAt),
    endedAt: iso(run.endedAt),
    dueAt: iso(run.dueAt),
  };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
