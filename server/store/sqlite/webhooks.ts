import type { ProjectSettings, Webhook } from "@headwater/workflow";
import type { WebhookQuery } from "../webhook-rows.js";
import type { Connection } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";

/** From the settings of the environment; those that an earlier build has written know of none. */
export async function findWebhook(
  connection: Connection,
  { project, environment, webhook }: WebhookQuery,
): Promise<Webhook | null> {
  const [row] = await connection.all<{ readonly settings: JsonText<Partial<ProjectSettings>> }>(
    "SELECT settings FROM project WHERE project = ? AND environment = ?",
    [project, environment],
  );
  const { webhooks = {} } = row === undefined ? {} : parseColumn(row.settings);
  return Object.hasOwn(webhooks, webhook) ? (webhooks[webhook] ?? null) : null;
}
