import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { systemClock } from "#server/clock.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import { capturedMain } from "../captured-main.js";
import { withFolder } from "../scratch-folder.js";

describe("headwater backup", () => {
  it("copies the database of the data folder, and no file twice", () =>
    withFolder({}, async (cwd) => {
      const store = createSqliteStore({ dataFolder: join(cwd, "data"), clock: systemClock });
      await store.start();
      const first = await capturedMain(["backup", "copy.db", "--data", "data"], { cwd });
      assert.deepEqual([first.code, first.stderr], [0, ""]);
      assert.equal(
        first.stdout,
        `Backed up the database of "${join(cwd, "data")}" to "${join(cwd, "copy.db")}"\n`,
      );
      assert.ok(existsSync(join(cwd, "copy.db")));
      const second = await capturedMain(["backup", "copy.db", "--data", "data"], { cwd });
      assert.equal(second.code, 2);
      assert.match(
        second.stderr,
        /^error: Cannot write backup ".*copy\.db": it is there already\. Give a new name\n$/,
      );
      await store.stop();
    }));

  it("says that there is no database where there is none", () =>
    withFolder({}, async (cwd) => {
      const { code, stderr } = await capturedMain(["backup", "copy.db"], { cwd });
      assert.equal(code, 2);
      assert.match(
        stderr,
        /^error: Cannot back up ".*\.headwater\/headwater\.db": it is not there\. Give the data folder/,
      );
    }));
});
