import type { Secrets } from "../../secrets/secrets.js";
import type { AlertOccasion } from "../../store/alerts.js";
import type { AlertMessage } from "../alert-message.js";
import { finalFailure, type Channel } from "./channel.js";
import { fillSecrets, holdsSecret, missingText } from "./fill-secrets.js";
import { postJson } from "./post-json.js";

/** Source: https://developer.pagerduty.com/docs/events-api-v2-overview */
const SUMMARY_CHARACTERS = 1024;

/** What an occasion does to the incident of its workflow. */
const ACTIONS: Readonly<Record<AlertOccasion, "trigger" | "resolve" | "change">> = {
  failed: "trigger",
  late: "trigger",
  held: "trigger",
  recovered: "resolve",
  succeeded: "resolve",
  changed: "change",
};

export interface PagerdutyOptions {
  readonly secrets: Secrets;
  /** Where events go, without a slash at the end. */
  readonly baseUrl: string;
}

/**
 * `pagerduty`: a service, whose integration key is the secret `PAGERDUTY_<NAME>`, or that secret by its name. A workflow is one incident:
 * failures and late runs trigger it, a recovery or a success resolves it. What is live is a change event.
 */
export function createPagerdutyChannel({ secrets, baseUrl }: PagerdutyOptions): Channel {
  return {
    async problem(to) {
      const filled = await fillSecrets(keyTextOf(to), secrets);
      return filled.ok ? null : missingText(filled.missing);
    },
    async send(to, message, stop) {
      const filled = await fillSecrets(keyTextOf(to), secrets);
      if (!filled.ok) return finalFailure(missingText(filled.missing));
      const action = ACTIONS[message.alert.occasion];
      return postJson({
        url: `${baseUrl}/v2/${action === "change" ? "change/enqueue" : "enqueue"}`,
        body: JSON.stringify({ routing_key: filled.text, ...eventOf(message, action) }),
        secrets: filled.values,
        stop,
      });
    },
  };
}

/** The secret of a service: `growth-data` has `PAGERDUTY_GROWTH_DATA`. */
function keyTextOf(to: string): string {
  if (holdsSecret(to)) return to;
  return `\${{ secrets.PAGERDUTY_${to.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")} }}`;
}

function eventOf(message: AlertMessage, action: "trigger" | "resolve" | "change"): object {
  const { alert, last, title, details, log, url } = message;
  const { project, environment, workflow, occasion } = alert;
  const links = url === null ? [] : [{ href: url, text: "Open in Headwater" }];
  const payload = {
    summary: title.slice(0, SUMMARY_CHARACTERS),
    source: `headwater/${project}/${environment}`,
    timestamp: new Date(last.at).toISOString(),
    custom_details: { details, log, run: last.run, deployment: last.deployment, alert: alert.id },
  };
  if (action === "change") return { payload, links };
  return {
    event_action: action,
    dedup_key: ["headwater", project, environment, workflow ?? "deployment"].join("/"),
    client: "Headwater",
    ...(url === null ? {} : { client_url: url }),
    links,
    payload: {
      ...payload,
      severity: occasion === "failed" ? "error" : "warning",
      component: workflow ?? project,
      group: project,
    },
  };
}
