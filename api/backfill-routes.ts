import {
  backfill,
  backfillAction,
  backfillId,
  backfillList,
  backfillPreview,
  backfillQuery,
  newBackfill,
  previewOfBackfill,
} from "./backfills.js";
import type { Route } from "./route.js";

/** With a request for a backfill, made or only looked at. */
const WHAT_MAY_BE_WRONG = [
  "workflow-not-found",
  "version-not-found",
  "invalid-backfill",
  "payload-too-large",
  "store-waiting",
] as const;

/** Runs for slots of the past, or for many params. */
export const BACKFILL_ROUTES = {
  createBackfill: {
    method: "POST",
    path: "/backfills",
    summary:
      "Begin a backfill: a run for each slot of a time, for each combination of params, or for each of a list",
    body: newBackfill,
    status: 201,
    response: backfill,
    errors: WHAT_MAY_BE_WRONG,
  },
  previewBackfill: {
    method: "POST",
    path: "/backfills/preview",
    summary: "What such a backfill would do, and which slots have a run already; nothing is made",
    body: previewOfBackfill,
    status: 200,
    response: backfillPreview,
    errors: WHAT_MAY_BE_WRONG,
  },
  listBackfills: {
    method: "GET",
    path: "/backfills",
    summary: "Backfills, newest first",
    query: backfillQuery,
    status: 200,
    response: backfillList,
    errors: [],
  },
  getBackfill: {
    method: "GET",
    path: "/backfills/:id",
    summary: "One backfill, and what has become of its runs, which `GET /runs?backfill=` lists",
    params: backfillId,
    status: 200,
    response: backfill,
    errors: ["backfill-not-found"],
  },
  actOnBackfill: {
    method: "POST",
    path: "/backfills/:id/actions",
    summary:
      "Pause a backfill (no more runs are made), resume it, cancel it with its runs, or retry the runs that ended without success. Answers when that is durable",
    params: backfillId,
    body: backfillAction,
    status: 200,
    response: backfill,
    errors: ["backfill-not-found", "action-not-allowed", "store-waiting"],
  },
} as const satisfies Record<string, Route>;
