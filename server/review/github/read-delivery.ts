import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import * as z from "zod";
import { ServiceError } from "../../errors.js";
import type { Place } from "../place.js";
import type { Delivery, HostEvent } from "../review-host.js";

/**
 * Reads a webhook of a GitHub App: who sent it first, over the bytes as they came, and only then what it says.
 * Source: https://docs.github.com/webhooks/webhook-events-and-payloads
 * @throws ServiceError unauthorized, bad-request
 */
export function readGithubDelivery(
  secrets: readonly string[],
  headers: IncomingHttpHeaders,
  body: Buffer,
): Delivery {
  checkSignature(secrets, headers["x-hub-signature-256"], body);
  const id = headers["x-github-delivery"];
  const name = headers["x-github-event"];
  if (typeof id !== "string" || typeof name !== "string" || id.length > 100)
    throw new ServiceError(
      "bad-request",
      "Cannot read the delivery: it has no X-GitHub-Delivery and X-GitHub-Event",
    );
  return { id: `github ${id}`, event: eventOf(name, parse(body)) };
}

function checkSignature(
  secrets: readonly string[],
  signature: string | readonly string[] | undefined,
  body: Buffer,
): void {
  const given = typeof signature === "string" ? /^sha256=([0-9a-f]{64})$/.exec(signature)?.[1] : undefined;
  if (given === undefined)
    throw new ServiceError("unauthorized", "Cannot accept the delivery: it has no X-Hub-Signature-256");
  const bytes = Buffer.from(given, "hex");
  // All of them, so that how long it takes does not tell which one it was.
  const fits = secrets.map((secret) =>
    timingSafeEqual(bytes, createHmac("sha256", secret).update(body).digest()),
  );
  if (!fits.includes(true))
    throw new ServiceError(
      "unauthorized",
      "Cannot accept the delivery: its signature does not fit. Is the secret of the App that of the service?",
    );
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (cause) {
    throw new ServiceError("bad-request", "Cannot read the delivery: it is not JSON", { cause });
  }
}

const repository = z.object({
  id: z.int(),
  name: z.string(),
  clone_url: z.string(),
  ssh_url: z.string().optional(),
  owner: z.object({ login: z.string() }),
});
const common = z.object({ installation: z.object({ id: z.int() }), repository });
const sha = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);

const pullRequest = common.extend({
  action: z.enum(["opened", "reopened", "synchronize", "edited", "ready_for_review", "closed"]),
  number: z.int(),
});
const mergeGroup = common.extend({
  action: z.enum(["checks_requested", "destroyed"]),
  merge_group: z.object({
    head_sha: sha,
    head_ref: z.string(),
    base_sha: sha.optional(),
    base_ref: z.string(),
  }),
});
const checkRun = common.extend({
  action: z.literal("rerequested"),
  check_run: z.object({ head_sha: sha }),
});
const pressed = common.extend({
  action: z.literal("requested_action"),
  check_run: z.object({ head_sha: sha }),
  requested_action: z.object({ identifier: z.string().max(20) }),
  sender: z.object({ login: z.string() }),
});
const checkSuite = common.extend({
  action: z.literal("rerequested"),
  check_suite: z.object({ head_sha: sha }),
});
const issueComment = common.extend({
  action: z.literal("created"),
  issue: z.object({ number: z.int(), pull_request: z.object({}) }),
  comment: z.object({
    id: z.int(),
    body: z.string(),
    created_at: z.iso.datetime({ offset: true }),
    user: z.object({ login: z.string(), type: z.string() }),
  }),
});
const ofInstallation = z.object({ installation: z.object({ id: z.int() }) });
const push = z.object({ ref: z.string(), repository });

/** Null for whatever is no news to us, or is not as GitHub describes it. */
function eventOf(name: string, payload: unknown): HostEvent | null {
  switch (name) {
    case "pull_request":
      return when(pullRequest, payload, (said) => ({
        kind: "change",
        place: placeOf(said),
        number: said.number,
      }));
    case "merge_group":
      return when(mergeGroup, payload, ({ merge_group: group, action, ...said }) => ({
        kind: action === "destroyed" ? "queue-ended" : "queue",
        place: placeOf(said),
        head: group.head_sha,
        ref: group.head_ref,
        base: group.base_ref.replace(/^refs\/heads\//, ""),
        ...(group.base_sha === undefined ? {} : { onto: group.base_sha }),
      }));
    case "check_run":
      return when(checkRun, payload, againOf) ?? when(pressed, payload, actionOf);
    case "check_suite":
      return when(checkSuite, payload, ({ check_suite: { head_sha: head }, ...said }) => ({
        kind: "again",
        place: placeOf(said),
        head,
      }));
    case "issue_comment":
      return when(issueComment, payload, commandOf);
    case "push":
      return when(push, payload, ({ repository: { clone_url: https, ssh_url: ssh } }) => ({
        kind: "push",
        urls: ssh === undefined ? [https] : [https, ssh],
      }));
    default:
      return repositoriesOf(name, payload);
  }
}

/** What the App is installed on, or what that is called, may be another one now: which it is is asked then. */
function repositoriesOf(name: string, payload: unknown): HostEvent | null {
  const isOfInstallation = name === "installation" || name === "installation_repositories";
  if (!isOfInstallation && name !== "repository") return null;
  return when(ofInstallation, payload, () => ({ kind: "repositories" }));
}

function when<Said>(
  schema: z.ZodType<Said>,
  payload: unknown,
  make: (said: Said) => HostEvent | null,
): HostEvent | null {
  const read = schema.safeParse(payload);
  return read.success ? make(read.data) : null;
}

function againOf({ check_run: { head_sha: head }, ...said }: z.output<typeof checkRun>): HostEvent {
  return { kind: "again", place: placeOf(said), head };
}

function actionOf(said: z.output<typeof pressed>): HostEvent {
  const { requested_action: asked, check_run: check, sender } = said;
  return {
    kind: "action",
    place: placeOf(said),
    head: check.head_sha,
    action: asked.identifier,
    user: sender.login,
  };
}

/** Only its first line is a command, and what an App writes never is. */
function commandOf({ issue, comment, ...said }: z.output<typeof issueComment>): HostEvent | null {
  const [text = ""] = comment.body.split(/\r?\n/, 1);
  if (comment.user.type === "Bot" || !/^\/headwater(?:\s|$)/.test(text)) return null;
  return {
    kind: "command",
    place: placeOf(said),
    number: issue.number,
    commentId: String(comment.id),
    user: comment.user.login,
    text: text.trim().slice(0, 200),
    askedAt: Date.parse(comment.created_at),
  };
}

function placeOf({
  installation,
  repository: { id, name, owner, clone_url },
}: z.output<typeof common>): Place {
  return {
    account: String(installation.id),
    repositoryId: String(id),
    owner: owner.login,
    name,
    cloneUrl: clone_url,
  };
}
