import type { Secrets } from "../../secrets/secrets.js";
import type { HttpResponse } from "../../steps/http/send-request.js";
import type { AlertMessage } from "../alert-message.js";
import { finalFailure, type Channel, type Sent } from "./channel.js";
import { fillSecrets, holdsSecret, missingText } from "./fill-secrets.js";
import { postJson, retryAfterOf } from "./post-json.js";

/** The token of the app that posts; it needs the scope `chat:write`. */
const TOKEN = "SLACK_TOKEN";

/** What Slack says that may pass. Source: https://docs.slack.dev/reference/methods/chat.postMessage */
const PASSING: ReadonlySet<string> = new Set([
  "ratelimited",
  "rate_limited",
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
  "team_added_to_org",
]);

/** Slack refuses a block of more. Source: https://docs.slack.dev/reference/block-kit/blocks */
const HEADER_CHARACTERS = 150;
const SECTION_CHARACTERS = 2900;

export interface SlackOptions {
  readonly secrets: Secrets;
  /** Where Slack's methods are, without a slash at the end. */
  readonly baseUrl: string;
}

/**
 * `slack`: a channel, to which the app posts whose token is the secret `SLACK_TOKEN`; or a secret that is the address of an incoming
 * webhook, which stands for a channel of its own.
 */
export function createSlackChannel({ secrets, baseUrl }: SlackOptions): Channel {
  return {
    async problem(to) {
      const filled = await fillSecrets(holdsSecret(to) ? to : tokenText, secrets);
      return filled.ok ? null : missingText(filled.missing);
    },
    async send(to, message, stop) {
      const isWebhook = holdsSecret(to);
      const filled = await fillSecrets(isWebhook ? to : tokenText, secrets);
      if (!filled.ok) return finalFailure(missingText(filled.missing));
      const post = { ...textsOf(message), ...(isWebhook ? {} : { channel: to }) };
      return postJson(
        {
          url: isWebhook ? filled.text : `${baseUrl}/chat.postMessage`,
          headers: isWebhook ? {} : { authorization: `Bearer ${filled.text}` },
          body: JSON.stringify(post),
          secrets: filled.values,
          stop,
        },
        isWebhook ? undefined : judge,
      );
    },
  };
}

const tokenText = `\${{ secrets.${TOKEN} }}`;

/** A method answers 200 whatever came of it. */
function judge(response: HttpResponse): Sent {
  const answer = answerOf(response.text);
  if (answer.ok) return { ok: true };
  const { error } = answer;
  return {
    ok: false,
    error: `Slack says "${error}"${ADVICE[error] ?? ""}`,
    isFinal: !PASSING.has(error),
    retryAfterMs: retryAfterOf(response),
  };
}

const ADVICE: Readonly<Record<string, string>> = {
  channel_not_found: ": there is no such channel, or the app cannot see it",
  not_in_channel: ": invite the app to the channel",
  invalid_auth: `: the secret ${TOKEN} is not a token that Slack knows`,
  missing_scope: ": the app needs the scope chat:write",
};

function answerOf(text: string): { readonly ok: boolean; readonly error: string } {
  try {
    const parsed: unknown = JSON.parse(text);
    const answer = typeof parsed === "object" && parsed !== null ? parsed : {};
    const error = "error" in answer && typeof answer.error === "string" ? answer.error : "nothing";
    return { ok: "ok" in answer && answer.ok === true, error };
  } catch {
    return { ok: false, error: "internal_error" };
  }
}

/** `text` is what a notification shows; the blocks are the message. */
function textsOf({ title, details, log, url }: AlertMessage): object {
  const section = (text: string): object => ({ type: "section", text: { type: "mrkdwn", text } });
  const tail = log.join("\n").slice(-SECTION_CHARACTERS);
  return {
    text: escaped(title),
    unfurl_links: false,
    blocks: [
      { type: "header", text: { type: "plain_text", text: title.slice(0, HEADER_CHARACTERS) } },
      ...details.map((detail) => section(escaped(detail.slice(0, SECTION_CHARACTERS)))),
      ...(tail === "" ? [] : [section(`\`\`\`${escaped(tail).slice(-SECTION_CHARACTERS)}\`\`\``)]),
      ...(url === null ? [] : [section(`<${url}|Open in Headwater>`)]),
    ],
  };
}

/** Source: https://docs.slack.dev/messaging/formatting-message-text */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
