import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sqlite3 from "sqlite3";

/** The floor: one row a transaction on the same library with the same durability, and nothing else. */
export async function openBareTable(): Promise<{ commit(): Promise<void>; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "headwater-floor-"));
  const db = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened = new sqlite3.Database(join(folder, "floor.db"), (error) =>
      error === null ? resolve(opened) : reject(error),
    );
  });
  const exec = (sql: string): Promise<void> =>
    new Promise((resolve, reject) => db.exec(sql, (error) => (error === null ? resolve() : reject(error))));
  await exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE events (id INTEGER PRIMARY KEY, event TEXT);",
  );
  const statement = (sql: string): sqlite3.Statement => db.prepare(sql);
  const [begin, insert, commit] = [
    statement("BEGIN IMMEDIATE"),
    statement("INSERT INTO events (event) VALUES (?)"),
    statement("COMMIT"),
  ];
  const run = (prepared: sqlite3.Statement, ...params: readonly string[]): Promise<void> =>
    new Promise((resolve, reject) =>
      prepared.run(params, (error: Error | null) => (error === null ? resolve() : reject(error))),
    );
  const event = "x".repeat(200);
  return {
    async commit() {
      await run(begin);
      await run(insert, event);
      await run(commit);
    },
    async close() {
      for (const prepared of [begin, insert, commit])
        await new Promise<void>((resolve) => prepared.finalize(() => resolve()));
      await new Promise<void>((resolve) => db.close(() => resolve()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
