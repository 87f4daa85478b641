import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, it } from "mocha";
import { writeMessage, type AlertMessage } from "#server/alerts/alert-message.js";
import type { Channel, Sent } from "#server/alerts/channels/channel.js";
import { createEmailChannel } from "#server/alerts/channels/email.js";
import { createPagerdutyChannel } from "#server/alerts/channels/pagerduty.js";
import { createSlackChannel } from "#server/alerts/channels/slack.js";
import { createWebhookChannel } from "#server/alerts/channels/webhook.js";
import type { Secrets } from "#server/secrets/secrets.js";
import type { AlertOccasion } from "#server/store/alerts.js";
import { startMailServer, startReceiver, type Answer, type Received } from "../receivers.js";

const NEVER = new AbortController().signal;
const MAIL_TIMEOUT_MS = 10_000;

describe("createWebhookChannel()", () => {
  it("signs what it sends, so that a receiver may know who sent it", async () => {
    const { sent, received } = await posted(
      () => createWebhookChannel({ secrets: secretsOf({ ALERT_SIGNING_KEY: "s3cret" }) }),
      (url) => `${url}/hook`,
    );
    assert.deepEqual(sent, { ok: true });
    const expected = createHmac("sha256", "s3cret").update(received.text).digest("hex");
    assert.equal(received.headers["headwater-signature"], `sha256=${expected}`);
    assert.equal(received.headers["headwater-alert"], "alert-1");
  });

  it("signs nothing without a key, and fills secrets into the address", async () => {
    const { sent, received } = await posted(
      (url) => createWebhookChannel({ secrets: secretsOf({ HOOK: `${url}/of-a-secret` }) }),
      () => "${{ secrets.HOOK }}",
    );
    assert.deepEqual(sent, { ok: true });
    assert.equal(received.path, "/of-a-secret");
    assert.equal(received.headers["headwater-signature"], undefined);
  });
});

describe("createSlackChannel()", () => {
  const secrets = secretsOf({ SLACK_TOKEN: "xoxb-1" });
  const answering = (body: object) => () => ({ status: 200, body: JSON.stringify(body) });

  it("posts to the channel with the token of the app, and lets no text be markup", async () => {
    const { sent, received } = await posted(
      (url) => createSlackChannel({ secrets, baseUrl: url }),
      () => "#data",
      { answer: answering({ ok: true }) },
    );
    assert.deepEqual(sent, { ok: true });
    assert.equal(received.path, "/chat.postMessage");
    assert.equal(received.headers["authorization"], "Bearer xoxb-1");
    const post = JSON.parse(received.text) as { channel: string; text: string };
    assert.deepEqual([post.channel, post.text], ["#data", "sales/daily#7 failed"]);
    assert.ok(received.text.includes("&lt;!channel&gt;") && !received.text.includes("<!channel>"));
    assert.ok(received.text.includes("<https://headwater.example/run|Open in Headwater>"));
  });

  it("fails for good, with what to do, when the method says so within a 200", async () => {
    const { sent } = await posted(
      (url) => createSlackChannel({ secrets, baseUrl: url }),
      () => "#data",
      { answer: answering({ ok: false, error: "not_in_channel" }) },
    );
    const error = 'Slack says "not_in_channel": invite the app to the channel';
    assert.deepEqual(sent, { ok: false, error, isFinal: true, retryAfterMs: null });
  });

  it("waits as long as Slack asks for", async () => {
    const { sent } = await posted(
      (url) => createSlackChannel({ secrets, baseUrl: url }),
      () => "#data",
      { answer: () => ({ status: 429, headers: { "retry-after": "30" } }) },
    );
    assert.ok(!sent.ok && !sent.isFinal);
    assert.equal(sent.retryAfterMs, 30_000);
  });
});

describe("createPagerdutyChannel()", () => {
  const secrets = secretsOf({ PAGERDUTY_GROWTH_DATA: "key-1" });
  const told = (occasion: AlertOccasion) =>
    posted(
      (url) => createPagerdutyChannel({ secrets, baseUrl: url }),
      () => "growth-data",
      { answer: () => ({ status: 202 }), message: messageOf(occasion) },
    );

  it("opens an incident of the workflow, and a recovery closes the same one", async () => {
    const events = [await told("failed"), await told("recovered")].map(
      ({ received }) => JSON.parse(received.text) as Record<string, unknown>,
    );
    assert.deepEqual(
      events.map((event) => [event["event_action"], event["dedup_key"], event["routing_key"]]),
      [
        ["trigger", "headwater/sales/production/daily", "key-1"],
        ["resolve", "headwater/sales/production/daily", "key-1"],
      ],
    );
  });

  it("says that the service lacks the key of the receiver", async () => {
    const channel = createPagerdutyChannel({ secrets: secretsOf({}), baseUrl: "http://127.0.0.1:1" });
    assert.match((await channel.problem("growth-data")) ?? "", /HEADWATER_SECRET_PAGERDUTY_GROWTH_DATA/);
  });
});

describe("createEmailChannel()", () => {
  it("sends a mail of text to each address, and never the same id for two alerts", async () => {
    const mail = await startMailServer("nobody@");
    const channel = emailChannel(mail.port);
    const sent = await channel.send("ann@example.com, bob@example.com", messageOf("failed"), NEVER);
    await mail.stop();
    assert.deepEqual(sent, { ok: true });
    assert.deepEqual(
      mail.said.filter((line) => line.startsWith("RCPT")),
      ["RCPT TO:<ann@example.com>", "RCPT TO:<bob@example.com>"],
    );
    const [text = ""] = mail.mails;
    assert.match(text, /^Subject: sales\/daily#7 failed\r$/m);
    assert.match(text, /^Message-ID: <alert-1@headwater>\r$/m);
    assert.ok(text.includes("exit code 1"));
  });

  it("fails for good when the mail server knows nobody of that name, and never tells the password", async () => {
    const mail = await startMailServer("nobody@");
    const sent = await emailChannel(mail.port).send("nobody@example.com", messageOf("failed"), NEVER);
    await mail.stop();
    assert.ok(!sent.ok && sent.isFinal);
    assert.ok(!sent.error.includes("hunter2"), sent.error);
  });

  it("is tried again when no mail server answers", async () => {
    const mail = await startMailServer("nobody@");
    await mail.stop();
    const sent = await emailChannel(mail.port).send("ann@example.com", messageOf("failed"), NEVER);
    assert.ok(!sent.ok && !sent.isFinal);
  });
});

function emailChannel(port: number): Channel {
  return createEmailChannel({
    secrets: secretsOf({ SMTP_PASSWORD: "hunter2" }),
    smtpUrl: `smtp://robot@127.0.0.1:${port}`,
    from: "headwater@example.com",
    timeoutMs: MAIL_TIMEOUT_MS,
  });
}

/** One try against a real server on loopback, and what it got. */
async function posted(
  channelOf: (url: string) => Channel,
  to: (url: string) => string,
  {
    answer = () => ({ status: 204 }),
    message = messageOf("failed"),
  }: { readonly answer?: () => Answer; readonly message?: AlertMessage } = {},
): Promise<{ readonly sent: Sent; readonly received: Received }> {
  const receiver = await startReceiver(answer);
  try {
    const sent = await channelOf(receiver.url).send(to(receiver.url), message, NEVER);
    const [received] = receiver.received;
    assert.ok(received !== undefined);
    return { sent, received };
  } finally {
    await receiver.stop();
  }
}

function messageOf(occasion: AlertOccasion): AlertMessage {
  const run = {
    id: "run",
    number: 7,
    attempt: 1,
    status: "failed",
    reason: "load: exit code 1 <!channel>",
    createdAt: 0,
    startedAt: 0,
    endedAt: 1000,
    dueAt: null,
  } as const;
  const alert = {
    id: "alert-1",
    project: "sales",
    environment: "production",
    workflow: "daily",
    channel: "webhook",
    to: "",
    occasion,
    happened: { [occasion]: { count: 1, at: 1000, run, deployment: null } },
    createdAt: 1000,
  } as const;
  return writeMessage(alert, { waitsFor: null, log: ["orders.csv & more"], pageOf: pageOf });
}

function pageOf(runId = ""): string {
  return `https://headwater.example/${runId}`;
}

function secretsOf(values: Readonly<Record<string, string>>): Secrets {
  return {
    check: () => Promise.resolve(),
    read: (names) =>
      Promise.resolve(new Map(Object.entries(values).filter(([name]) => names.includes(name)))),
  };
}
