import type { Client, PastAction } from "@headwater/api";
import { plain, renderTable } from "./table.js";
import { instantText } from "./time-text.js";

const PAGE_ROWS = 1000;

/** Everything that people did to a run, page by page. */
export async function listAllActions(client: Client, runId: string): Promise<readonly PastAction[]> {
  const actions: PastAction[] = [];
  for (let after: number | null | undefined; after !== null;) {
    const page = await client.listRunActions({ params: { id: runId }, query: { after, limit: PAGE_ROWS } });
    actions.push(...page.actions);
    after = page.next;
  }
  return actions;
}

/** What people did to a run as a table: when, who, what and why. */
export function renderActions(actions: readonly PastAction[], columns: number): string {
  const rows = actions.map(({ at, by, action, path, reason, details }) => {
    const said = Object.entries(details).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
    const what = [action.replaceAll("_", " "), path ?? "", ...said].filter((part) => part !== "").join(" ");
    return [instantText(at), plain(by), plain(what), plain(reason)];
  });
  return renderTable(["WHEN", "WHO", "ACTION", "WHY"], rows, columns);
}
