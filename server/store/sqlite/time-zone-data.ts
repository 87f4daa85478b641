import type { SlotMove, TimeZoneData } from "../time-zone-data.js";
import type { Access } from "./access.js";
import type { Connection } from "./connection.js";
import { selectSchedules } from "./schedules.js";

/** See `TimeZoneData`. */
export function timeZoneDataMethods({ read, write }: Access): TimeZoneData {
  return {
    findTimeZoneData: () => read(findVersion),
    saveTimeZoneData: (version) =>
      write(async (db) => void (await db.run("UPDATE time_zone_data SET version = ?", [version]))),
    listPendingSchedules: ({ after = "", limit }) =>
      read((db) =>
        selectSchedules(db, { rest: "WHERE id > ? AND next_slot_at IS NOT NULL ORDER BY id LIMIT ?" }, [
          after,
          limit,
        ]),
      ),
    moveSlots: (moves) => write((db) => moveSlots(db, moves)),
  };
}

async function findVersion(connection: Connection): Promise<string | null> {
  const [row] = await connection.all<{ readonly version: string | null }>(
    "SELECT version FROM time_zone_data",
  );
  return row?.version ?? null;
}

async function moveSlots(connection: Connection, moves: readonly SlotMove[]): Promise<void> {
  if (moves.length === 0) return;
  await connection.run(
    `UPDATE schedule SET next_slot_at = move.value->>'to', next_at = next_at + (move.value->>'to') - next_slot_at
     FROM json_each(?) AS move
     WHERE schedule.id = move.value->>'scheduleId' AND next_slot_at = move.value->>'from'`,
    [JSON.stringify(moves)],
  );
}
