import { list } from "./collections.js";
import { key, record } from "./record.js";
import type { ValueOf } from "./schema.js";
import { choice, text, type TextOptions } from "./scalars.js";

/** A receiver may be a secret: then the file does not say who it is. */
const SECRET = String.raw`\$\{\{\s*secrets\.[A-Za-z_][A-Za-z0-9_]*\s*\}\}`;

/** Whatever stands in `${{ … }}` is held to be a secret by the pattern: nothing else is evaluated there. */
function receiver(what: string, pattern: string, options: Pick<TextOptions, "form" | "examples">) {
  return text(what, { ...options, pattern: new RegExp(`^(?:${pattern})$`, "u"), isOpaque: true });
}

const slackChannel = receiver(
  "a Slack channel",
  String.raw`#[^\s#@<>&,A-Z\p{Cc}]{1,80}|[CGDUW][A-Z0-9]{6,20}|${SECRET}`,
  {
    form: 'write "#name" in quotes, an id such as C0123ABCD, or ${{ secrets.NAME }} for an incoming webhook',
    examples: ["#growth-data"],
  },
);

const emailAddress = receiver("an e-mail address", String.raw`[^\s@<>,;"]+@[^\s@<>,;"]+`, {
  form: "write one like data-oncall@example.com",
  examples: ["data-oncall@example.com"],
});

const webhookUrl = receiver(
  "the URL of a webhook",
  String.raw`https?:\/\/[^\s/$]+(?::\d{1,5})?(?:\/(?:[^\s$]|${SECRET})*)?|${SECRET}`,
  {
    form: "write one like https://example.com/hook; what is secret of it as ${{ secrets.NAME }}, also all of it",
    examples: ["https://example.com/hook"],
  },
);

const pagerdutyService = receiver("a PagerDuty service", String.raw`[A-Za-z][A-Za-z0-9_-]{0,62}|${SECRET}`, {
  form: "write its name, such as growth-data, or ${{ secrets.NAME }} for its integration key",
  examples: ["growth-data"],
});

/** One of the `alerts` of a workflow. */
export const alertSchema = record("an alert", {
  on: key(
    list(
      "a list of occasions",
      choice("an occasion", ["failed", "late", "recovered", "succeeded", "held", "changed"]),
      { orOne: true },
    ),
    "What is told: a run `failed`, also by its timeout; it is `late` by the workflow's `expect`; it succeeded after one that failed or was late (`recovered`); it `succeeded`; a commit was `held` or refused; a new version is live (`changed`).",
    { required: true },
  ),
  slack: key(slackChannel, "A Slack channel. The service has the secret `SLACK_TOKEN`."),
  email: key(
    list("a list of addresses", emailAddress, { orOne: true }),
    "E-mail addresses. The service has `HEADWATER_SMTP_URL`.",
  ),
  webhook: key(webhookUrl, "A URL that gets a POST of JSON."),
  pagerduty: key(
    pagerdutyService,
    "A PagerDuty service: the secret `PAGERDUTY_<NAME>` is its integration key.",
  ),
});

export type AlertFields = ValueOf<typeof alertSchema>;

/** What an alert reaches people by; it has one or more of them. */
export const ALERT_CHANNEL_KEYS = ["slack", "email", "webhook", "pagerduty"] as const;
