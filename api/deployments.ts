import * as z from "zod";
import { epochMs, limit, list, shortText } from "./values.js";

/** A finding at a place in a file; lines and columns from 1. */
export const finding = z.object({
  file: z.string(),
  line: z.int(),
  column: z.int(),
  endLine: z.int(),
  endColumn: z.int(),
  severity: z.enum(["error", "warning", "info"]),
  code: z.string(),
  message: z.string(),
});
export type Finding = z.output<typeof finding>;

export const deployment = z.object({
  id: z.string(),
  repositoryId: z.string(),
  project: z.string().nullable(),
  environment: z.string(),
  commit: z.string(),
  commitAuthor: z.string().nullable(),
  commitSubject: z.string().nullable(),
  committedAt: epochMs.nullable(),
  status: z.enum(["active", "superseded", "removed", "refused", "held", "unchanged"]).meta({
    description:
      "`active`: in force now, one for each environment of a project; `superseded`, `removed`: was in force until another one was, or until its repository was removed",
  }),
  reason: z.string().nullable(),
  diagnostics: list(finding),
  added: list(z.string()),
  changed: list(z.string()),
  removed: list(z.string()),
  unchanged: z.int(),
  seenAt: epochMs,
  endedAt: epochMs,
});
export type Deployment = z.output<typeof deployment>;

/** Newest first. */
export const deploymentList = z.object({ deployments: list(deployment) });

export const deploymentQuery = z.strictObject({
  project: shortText.optional(),
  repositoryId: shortText.optional(),
  limit,
});
