import * as z from "zod";
import { runStatus } from "./runs.js";
import { epochMs, limit, list, shortText } from "./values.js";

export const alertOccasion = z.enum(["failed", "late", "recovered", "succeeded", "held", "changed"]);
export const alertChannel = z.enum(["slack", "email", "webhook", "pagerduty"]);
export const alertState = z.enum(["waiting", "told", "given_up"]);

const alertedRun = z.object({
  id: z.string(),
  number: z.int(),
  attempt: z.int(),
  status: runStatus,
  reason: z.string().nullable(),
  createdAt: epochMs,
  startedAt: epochMs.nullable(),
  endedAt: epochMs.nullable(),
  dueAt: epochMs.nullable(),
});

const alertedDeployment = z.object({
  id: z.string(),
  status: z.enum(["active", "refused", "held", "unchanged"]),
  commit: z.string(),
  subject: z.string().nullable(),
  author: z.string().nullable(),
  reason: z.string().nullable(),
  workflows: list(z.string()).meta({ description: "Those concerned that ask for the alert" }),
});

const alertHappening = z.object({
  count: z.int().meta({ description: "How often it happened" }),
  at: epochMs,
  run: alertedRun.nullable().meta({ description: "The last of them" }),
  deployment: alertedDeployment.nullable(),
});

/** One message to one receiver. */
export const alert = z.object({
  id: z.string(),
  project: z.string(),
  environment: z.string(),
  workflow: z.string().nullable().meta({ description: "Null: of a deployment, which is of a whole project" }),
  channel: alertChannel,
  to: z.string().meta({ description: "As the workflow names it; secrets are not filled in" }),
  occasion: alertOccasion.meta({ description: "What happened last of all that it tells" }),
  happened: z.partialRecord(alertOccasion, alertHappening),
  createdAt: epochMs,
  state: alertState,
  tries: z.int(),
  nextAt: epochMs.nullable().meta({ description: "When it is sent, of one that waits; null during a try" }),
  error: z.string().nullable().meta({ description: "Why the last try failed" }),
  toldAt: epochMs.nullable(),
});
export type Alert = z.output<typeof alert>;

export const alertList = z.object({
  alerts: list(alert),
  next: z.string().nullable().meta({ description: "Pass it as `before` for the next page; null at the end" }),
  problems: list(z.string()).meta({
    description: "Receivers that cannot be reached as the service is configured, and why",
  }),
});

export const alertQuery = z.strictObject({
  project: shortText.optional(),
  workflow: shortText.optional(),
  environment: shortText.optional(),
  state: alertState.optional(),
  before: shortText.optional(),
  limit,
});

export const alertTest = z.object({
  receivers: list(
    z.object({
      channel: alertChannel,
      to: z.string(),
      error: z.string().nullable().meta({ description: "Why it has not arrived; null when it has" }),
    }),
  ),
});
export type AlertTest = z.output<typeof alertTest>;
