import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { systemClock } from "#server/clock.js";
import { openConnection } from "#server/store/sqlite/connection.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import type { StoreError, StoreErrorCode } from "#server/store/store-error.js";
import { newRun } from "../store-rows.js";
import { temporaryFolder } from "./sqlite-world.js";

describe("a data folder that cannot be used", () => {
  test("is refused while another server holds it, whose process and address are named", async (folder) => {
    writeFileSync(join(folder, "server.json"), JSON.stringify({ pid: 4711, url: "http://127.0.0.1:7474" }));
    const first = createSqliteStore({ dataFolder: folder, clock: systemClock });
    await first.start();
    const error = await refusal(folder, "data-folder-locked");
    assert.ok(error.message.includes(`"${folder}"`));
    assert.match(error.message, /\(process 4711, http:\/\/127\.0\.0\.1:7474\)/);
    await first.createRuns([newRun("a")]);
    await first.stop();
    await startAndStop(folder);
  });

  test("is refused while held also when server.json is torn", async (folder) => {
    writeFileSync(join(folder, "server.json"), '{"pid": 47');
    const first = createSqliteStore({ dataFolder: folder, clock: systemClock });
    await first.start();
    assert.match((await refusal(folder, "data-folder-locked")).message, /another Headwater is using it/);
    await first.stop();
  });

  test("is refused when it is a file", async (folder) => {
    writeFileSync(join(folder, "file"), "");
    const { message } = await refusal(join(folder, "file"), "data-folder-unwritable");
    assert.equal(
      message,
      `Cannot write to data folder "${join(folder, "file")}": it is a file. Give a folder`,
    );
    const within = await refusal(join(folder, "file", "a", "b"), "data-folder-unwritable");
    assert.match(within.message, /: ".*file" is a file\. Give a folder$/);
  });

  test("is refused where a folder takes no other", async () => {
    if (process.platform !== "linux") return;
    const { message } = await refusal("/proc/headwater/data", "data-folder-unwritable");
    assert.match(message, /^Cannot write to data folder "\/proc\/headwater\/data": ENOENT/);
  });

  test("is made with all that leads to it, for this user only", async (folder) => {
    const deep = join(folder, "a", "b");
    await startAndStop(deep);
    for (const made of [join(folder, "a"), deep]) assert.equal(statSync(made).mode & 0o777, 0o700);
  });

  test("is refused when the database cannot be opened", async (folder) => {
    mkdirSync(join(folder, "headwater.db"));
    await refusal(folder, "database-unreadable");
  });
});

describe("a database that cannot be used stays as it is", () => {
  test("when it is no database", async (folder) => {
    writeFileSync(join(folder, "headwater.db"), "These are my notes. ".repeat(1000));
    await assertUntouched(
      folder,
      "database-corrupt",
      /^Cannot use database ".*headwater\.db": it is damaged, or no database\. .*not changed\. Move it aside, .*\.recover.*Git.* SQLite says: .*not a database$/,
    );
  });

  test("when it is no database, and the log beside it is named, without which it is not to be put back", async (folder) => {
    writeFileSync(join(folder, "headwater.db"), "These are my notes. ".repeat(1000));
    writeFileSync(join(folder, "headwater.db-wal"), "and");
    const { message } = await refusal(folder, "database-corrupt");
    assert.match(message, /Move it aside together with ".*headwater\.db-wal", then/);
  });

  test("when it is cut off", async (folder) => {
    await fill(folder);
    const bytes = readFileSync(join(folder, "headwater.db"));
    writeFileSync(join(folder, "headwater.db"), bytes.subarray(0, Math.floor(bytes.length / 2)));
    await assertUntouched(folder, "database-corrupt", /headwater\.db/);
  });

  test("when pages of it are overwritten", async (folder) => {
    await fill(folder);
    const bytes = readFileSync(join(folder, "headwater.db"));
    bytes.fill(0xa5, 4096 * 4, 4096 * 40);
    writeFileSync(join(folder, "headwater.db"), bytes);
    await assertUntouched(folder, "database-corrupt", /headwater\.db/);
  });

  test("when the log that held its latest changes is gone, however little is in the file", async (folder) => {
    const open = createSqliteStore({ dataFolder: folder, clock: systemClock });
    await open.start();
    await open.createRuns([newRun("a")]);
    const copy = temporaryFolder();
    copyFileSync(join(folder, "headwater.db"), join(copy.path, "headwater.db"));
    await open.stop();
    await assertUntouched(
      copy.path,
      "database-incomplete",
      /headwater\.db-wal" is missing.*restore a backup.*touch/s,
    );
    await refusal(copy.path, "database-incomplete");
    assert.deepEqual(databaseFiles(copy.path), ["headwater.db"]);
    writeFileSync(join(copy.path, "headwater.db-wal"), "");
    await startAndStop(copy.path);
    copy.remove();
  });

  test("when a newer Headwater has written it", async (folder) => {
    await fill(folder);
    const connection = await openConnection(join(folder, "headwater.db"), { access: "write" });
    await connection.exec("PRAGMA user_version = 999");
    await connection.close();
    await assertUntouched(folder, "database-newer", /schema 999/);
  });
});

function test(title: string, body: (folder: string) => Promise<void>): void {
  it(title, async () => {
    const folder = temporaryFolder();
    try {
      await body(folder.path);
    } finally {
      folder.remove();
    }
  });
}

async function refusal(dataFolder: string, code: StoreErrorCode): Promise<StoreError> {
  const failure = await createSqliteStore({ dataFolder, clock: systemClock })
    .start()
    .then(
      () => null,
      (error: StoreError) => error,
    );
  assert.ok(failure !== null, "the store has started");
  assert.equal(failure.code, code, failure.stack);
  return failure;
}

async function assertUntouched(folder: string, code: StoreErrorCode, message: RegExp): Promise<void> {
  const before = contents(folder);
  assert.match((await refusal(folder, code)).message, message);
  assert.deepEqual(contents(folder), before);
}

/** Of the database and what SQLite keeps beside it, but for its shared memory, which holds no data. */
function contents(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    databaseFiles(folder)
      .filter((name) => !name.endsWith("-shm"))
      .map((name) => [name, readFileSync(join(folder, name)).toString("base64")] as const)
      .filter(([, text]) => text !== ""),
  );
}

function databaseFiles(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => name.startsWith("headwater.db"));
}

async function fill(folder: string): Promise<void> {
  const store = createSqliteStore({ dataFolder: folder, clock: systemClock });
  await store.start();
  await store.createRuns(Array.from({ length: 2000 }, (_, index) => newRun(`run-${index}`)));
  await store.stop();
}

async function startAndStop(dataFolder: string): Promise<void> {
  const store = createSqliteStore({ dataFolder, clock: systemClock });
  await store.start();
  await store.stop();
}
