import type { RunEvent } from "@headwater/engine";
import type { RunActionRow } from "../store.js";
import type { Connection } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";

/** What people did to a run, in order. `after` is the `seq` of the last row of the page before. */
export async function listRunActions(
  connection: Connection,
  runId: string,
  query: { readonly after?: number; readonly limit: number },
): Promise<readonly RunActionRow[]> {
  const records = await connection.all<{
    readonly seq: number;
    readonly at: number;
    readonly event: JsonText<RunActionRow["event"]>;
  }>(
    `SELECT seq, at, event FROM run_action WHERE run_key = (SELECT key FROM run WHERE id = ?) AND seq > ?
     ORDER BY seq LIMIT ?`,
    [runId, query.after ?? 0, query.limit],
  );
  return records.map(({ event, ...row }) => ({ ...row, event: parseColumn(event) }));
}

/** Whether somebody has caused it: what people do is listed apart from all else that happens to a run. */
export function isCausedBySomebody(event: RunEvent): event is RunActionRow["event"] {
  return event.kind === "action" || event.kind === "cancel" || event.kind === "approve";
}
