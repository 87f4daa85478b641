import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import * as z from "zod";
import { ServiceError } from "../../errors.js";
import type { Place } from "../place.js";
import type { Delivery, HostEvent } from "../review-host.js";
import { commandOf } from "./note-command.js";
import { namedPlaceOf } from "./project.js";

/**
 * Reads a webhook of a project, of a group or of the whole GitLab: who sent it first, and only then what it says.
 * Source: https://docs.gitlab.com/user/project/integrations/webhook_events/
 * @throws ServiceError unauthorized, bad-request
 */
export function readGitlabDelivery(
  secrets: readonly string[],
  headers: IncomingHttpHeaders,
  body: Buffer,
): Delivery {
  checkToken(secrets, headers["x-gitlab-token"]);
  const payload = parse(body);
  const known = commandIn(payload) ?? pipelineIn(payload);
  return known ?? { id: idOf(headers, body), event: eventOf(payload) };
}

/** GitLab sends the secret itself. Hashes make the lengths equal, and all are compared: how long it takes tells nothing. */
function checkToken(secrets: readonly string[], given: string | readonly string[] | undefined): void {
  if (typeof given !== "string")
    throw new ServiceError("unauthorized", "Cannot accept the delivery: it has no X-Gitlab-Token");
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  const fits = secrets.map((secret) => timingSafeEqual(digest(given), digest(secret)));
  if (!fits.includes(true))
    throw new ServiceError(
      "unauthorized",
      "Cannot accept the delivery: its X-Gitlab-Token is not HEADWATER_GITLAB_WEBHOOK_SECRET",
    );
}

/**
 * The same when it is sent again. Before GitLab 17.4 there is no key of its own for that, and one request of a user's that does two things
 * gives both one UUID.
 */
function idOf(headers: IncomingHttpHeaders, body: Buffer): string {
  const key = headers["idempotency-key"];
  if (typeof key === "string" && key !== "") return `gitlab ${key.slice(0, 100)}`;
  const uuid = headers["x-gitlab-event-uuid"];
  const digest = createHash("sha256").update(body).digest("hex");
  return `gitlab ${typeof uuid === "string" ? uuid.slice(0, 100) : "event"} ${digest}`;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (cause) {
    throw new ServiceError("bad-request", "Cannot read the delivery: it is not JSON", { cause });
  }
}

const project = z.object({
  id: z.int(),
  path_with_namespace: z.string(),
  git_http_url: z.string(),
  git_ssh_url: z.string().nullish(),
});

const changed = z.object({
  object_kind: z.literal("merge_request"),
  project,
  object_attributes: z.object({
    iid: z.int(),
    action: z.enum(["open", "reopen", "update", "close", "merge"]),
    /** Only where its head has moved. */
    oldrev: z.string().nullish(),
  }),
  changes: z.object({ target_branch: z.unknown() }).partial().nullish(),
});
const noted = z.object({
  object_kind: z.literal("note"),
  project,
  user: z.object({ username: z.string() }),
  merge_request: z.object({ iid: z.int() }),
  object_attributes: z.object({
    id: z.int(),
    note: z.string(),
    created_at: z.string(),
    noteable_type: z.literal("MergeRequest"),
    system: z.boolean().nullish(),
    /** None before GitLab 16.11, which told of new ones alone. */
    action: z.literal("create").nullish(),
  }),
});
const pushed = z.object({ object_kind: z.literal("push"), project });
/** A pipeline of a merge request, which is shown in place of what it had before, and has no status of ours. */
const piped = z.object({
  object_kind: z.literal("pipeline"),
  project,
  merge_request: z.object({ iid: z.int(), target_project_id: z.int() }),
  object_attributes: z.object({
    id: z.int(),
    source: z.literal("merge_request_event"),
    /** `created` is followed by another one at once. Of a first job that somebody starts, or a timer does, it may never be pending. */
    status: z.enum(["waiting_for_resource", "preparing", "pending", "running", "manual", "scheduled"]),
  }),
});
/** Of the hooks of a whole GitLab, or of a group. */
const renamed = z.object({
  event_name: z.enum([
    "project_create",
    "project_destroy",
    "project_rename",
    "project_transfer",
    "project_update",
  ]),
});

function commandIn(payload: unknown): Delivery | null {
  const read = noted.safeParse(payload);
  if (!read.success || read.data.object_attributes.system === true) return null;
  const { project: where, user, merge_request: request, object_attributes: note } = read.data;
  const said = { user: user.username, text: note.note, createdAt: note.created_at };
  return commandOf({ place: placeOf(where), number: request.iid, id: note.id, ...said });
}

/**
 * Each state is told once: a status of ours may bring about another one. Null of a pipeline that runs in a fork: its merge request is
 * one of the project that it is to be merged into.
 */
function pipelineIn(payload: unknown): Delivery | null {
  const read = piped.safeParse(payload);
  if (!read.success) return null;
  const { project: where, merge_request: request, object_attributes: pipeline } = read.data;
  if (request.target_project_id !== where.id) return null;
  return {
    id: `gitlab pipeline ${where.id} ${pipeline.id} ${pipeline.status}`,
    event: { kind: "change", place: placeOf(where), number: request.iid, isUntold: true },
  };
}

/** Null for whatever is no news to us, or is not as GitLab describes it. */
function eventOf(payload: unknown): HostEvent | null {
  const change = changed.safeParse(payload);
  if (change.success) return changeIn(change.data);
  const push = pushed.safeParse(payload);
  if (push.success) {
    const { git_http_url: https, git_ssh_url: ssh } = push.data.project;
    return { kind: "push", urls: typeof ssh === "string" ? [https, ssh] : [https] };
  }
  return renamed.safeParse(payload).success ? { kind: "repositories" } : null;
}

/** A new title or label is no news. */
function changeIn({
  project: where,
  object_attributes: said,
  changes,
}: z.output<typeof changed>): HostEvent | null {
  const isMoved = typeof said.oldrev === "string" || changes?.target_branch !== undefined;
  if (said.action === "update" && !isMoved) return null;
  return { kind: "change", place: placeOf(where), number: said.iid };
}

function placeOf({ id, path_with_namespace: path, git_http_url: cloneUrl }: z.output<typeof project>): Place {
  return { ...namedPlaceOf(path), repositoryId: String(id), cloneUrl };
}
