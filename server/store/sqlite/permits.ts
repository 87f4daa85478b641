import type { PermitRow } from "../permit-row.js";
import type { Connection } from "./connection.js";

/** Sets the limit of a permit, or replaces it. */
export async function savePermit(connection: Connection, permit: PermitRow): Promise<void> {
  await connection.run(
    `INSERT INTO permit (name, held_max, set_by, set_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET held_max = excluded.held_max, set_by = excluded.set_by, set_at = excluded.set_at`,
    [permit.name, permit.limit, permit.setBy, permit.setAt],
  );
}

/** Forgets the limit of a permit. */
export async function removePermit(connection: Connection, name: string): Promise<void> {
  await connection.run("DELETE FROM permit WHERE name = ?", [name]);
}

/** By name. */
export function listPermits(connection: Connection): Promise<readonly PermitRow[]> {
  return connection.all<PermitRow>(
    `SELECT name, held_max AS "limit", set_by AS setBy, set_at AS setAt FROM permit ORDER BY name`,
  );
}
