import assert from "node:assert/strict";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { systemClock } from "#server/clock.js";
import { backUpDatabase } from "#server/store/sqlite/backup.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import { newRun } from "../store-rows.js";
import { temporaryFolder } from "./sqlite-world.js";

describe("backUpDatabase()", () => {
  it("copies what a store that is up holds, so that another one starts on the copy, and disturbs neither", () =>
    withFolder(async (folder) => {
      const [from, to] = [join(folder, "from"), join(folder, "to")];
      const live = createSqliteStore({ dataFolder: from, clock: systemClock });
      await live.start();
      await live.createRuns([newRun("a")]);
      mkdirSync(to);
      await backUpDatabase(from, join(to, "headwater.db"));
      assert.equal(statSync(join(to, "headwater.db")).mode & 0o777, 0o600);
      await live.createRuns([newRun("b")]);
      assert.deepEqual(readdirSync(to), ["headwater.db"]);
      assert.deepEqual(await runsIn(to), ["a"]);
      await live.stop();
      assert.deepEqual((await runsIn(from)).toSorted(), ["a", "b"]);
    }));

  it("copies what is in the log of a store that has ended, too", () =>
    withFolder(async (folder) => {
      await fill(folder);
      const copy = join(folder, "copy");
      mkdirSync(copy);
      await backUpDatabase(folder, join(copy, "headwater.db"));
      assert.deepEqual(await runsIn(copy), ["a"]);
    }));

  it("refuses a file that is there, and a place that is not, and leaves nothing unfinished", () =>
    withFolder(async (folder) => {
      await fill(folder);
      writeFileSync(join(folder, "taken"), "mine");
      await assert.rejects(backUpDatabase(folder, join(folder, "taken")), {
        code: "backup-unwritable",
        message: `Cannot write backup "${join(folder, "taken")}": it is there already. Give a new name`,
      });
      await assert.rejects(backUpDatabase(folder, join(folder, "none", "copy")), {
        code: "backup-unwritable",
      });
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.endsWith(".unfinished")),
        [],
      );
    }));

  it("refuses a folder without a database, and makes none there", () =>
    withFolder(async (folder) => {
      await assert.rejects(backUpDatabase(folder, join(folder, "copy")), { code: "database-unreadable" });
      assert.deepEqual(readdirSync(folder), []);
    }));

  it("refuses a database that is no database", () =>
    withFolder(async (folder) => {
      writeFileSync(join(folder, "headwater.db"), "These are my notes. ".repeat(1000));
      await assert.rejects(backUpDatabase(folder, join(folder, "copy")), { code: "database-corrupt" });
      assert.deepEqual(readdirSync(folder), ["headwater.db"]);
    }));
});

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = temporaryFolder();
  try {
    await body(folder.path);
  } finally {
    folder.remove();
  }
}

async function fill(dataFolder: string): Promise<void> {
  const store = createSqliteStore({ dataFolder, clock: systemClock });
  await store.start();
  await store.createRuns([newRun("a")]);
  await store.stop();
}

async function runsIn(dataFolder: string): Promise<readonly string[]> {
  const store = createSqliteStore({ dataFolder, clock: systemClock });
  await store.start();
  const runs = await store.listUnfinishedRuns();
  await store.stop();
  return runs.map(({ id }) => id);
}
