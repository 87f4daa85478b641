import type { Access } from "./access.js";
import type { Connection } from "./connection.js";

/** See `Store.findListenerEdition`. */
export async function findListenerEdition(connection: Connection): Promise<number> {
  const [row] = await connection.all<{ readonly edition: number }>(
    "SELECT listener_edition AS edition FROM signal_cursor",
  );
  return row?.edition ?? 0;
}

/** For writes after which something else is deployed: in the same transaction, so that none is matched with what was read before. */
export function raisingEdition(write: Access["write"]): Access["write"] {
  return (work) =>
    write(async (db) => {
      const value = await work(db);
      await db.run("UPDATE signal_cursor SET listener_edition = listener_edition + 1");
      return value;
    });
}
