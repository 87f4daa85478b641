import { mentionsOf } from "@headwater/workflow";
import type { MentionQuery, MentionRow } from "../lineage-rows.js";
import type { ActivatedWorkflow, Activation } from "../store.js";
import type { Connection, SqlValue } from "./connection.js";

/** Forgets what the workflows that are written, and the webhooks of their environment, have said. */
export async function deleteMentions(
  connection: Connection,
  { deployment: { project, environment }, workflows }: Activation,
): Promise<void> {
  await connection.run(
    `DELETE FROM mention WHERE project = ?1 AND environment = ?2
       AND (role = 'receives' OR name IN (SELECT value FROM json_each(?3)))`,
    [project, environment, JSON.stringify(workflows.map(({ workflow }) => workflow))],
  );
}

/** The webhooks of the commit. */
export async function insertWebhookMentions(
  connection: Connection,
  { deployment: { project, environment }, settings }: Activation,
): Promise<void> {
  const rows = Object.entries(settings.webhooks).map(([name, { signal }]) => [signal, "receives", name]);
  await insert(connection, { project, environment }, rows);
}

/** What these workflows say. An environment whose triggers are off has nothing that starts runs. */
export async function insertMentions(
  connection: Connection,
  { deployment: { project, environment }, settings }: Activation,
  workflows: readonly ActivatedWorkflow[],
): Promise<void> {
  const isOff = settings.environments[environment]?.triggers === false;
  const rows = workflows.flatMap(({ workflow, version: { definition } }) =>
    mentionsOf(definition).flatMap((mention) => {
      const { role } = mention;
      if (isOff && (role === "starts" || role === "follows")) return [];
      return [["signal" in mention ? mention.signal : mention.workflow, role, workflow]];
    }),
  );
  await insert(connection, { project, environment }, rows);
}

async function insert(
  connection: Connection,
  { project, environment }: Pick<MentionRow, "project" | "environment">,
  rows: readonly (readonly string[])[],
): Promise<void> {
  if (rows.length === 0) return;
  await connection.run(
    `INSERT INTO mention (subject, role, project, environment, name)
     SELECT value->>0, value->>1, ?1, ?2, value->>2 FROM json_each(?3) WHERE true
     ON CONFLICT DO NOTHING`,
    [project, environment, JSON.stringify(rows)],
  );
}

const COLUMNS = ["subject", "role", "project", "environment", "name"] as const;

/** By the primary key, or by the index of names. */
export function listMentions(
  connection: Connection,
  { roles, after, limit, ...wanted }: MentionQuery,
): Promise<readonly MentionRow[]> {
  const conditions = ["role IN (SELECT value FROM json_each(?))"];
  const params: SqlValue[] = [JSON.stringify(roles)];
  for (const column of COLUMNS) {
    const value = wanted[column];
    if (value === undefined) continue;
    conditions.push(`${column} = ?`);
    params.push(value);
  }
  if (after !== undefined) {
    conditions.push(`(${COLUMNS.join(", ")}) > (?, ?, ?, ?, ?)`);
    params.push(...COLUMNS.map((column) => after[column]));
  }
  return connection.all<MentionRow>(
    `SELECT ${COLUMNS.join(", ")} FROM mention WHERE ${conditions.join(" AND ")}
     ORDER BY ${COLUMNS.join(", ")} LIMIT ?`,
    [...params, limit],
  );
}
