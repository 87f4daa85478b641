import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { seedRepository } from "#server/source/seed-repository.js";
import { cloneIn } from "../../cli/clone.js";
import { withFolder } from "../../cli/scratch-folder.js";

describe("seedRepository()", () => {
  it("gives a checkout that knows its origin from the start, and leaves it alone the next time", () =>
    withFolder({ "example/headwater.yaml": "project: growth\n" }, async (folder) => {
      const options = { from: join(folder, "example"), folder: join(folder, "data", "seeded") };
      const { checkout, isNew } = await seedRepository(options);
      const { git, commit } = cloneIn(checkout);
      assert.equal(isNew, true);
      assert.equal(git("status", "--short", "--branch"), "## main...origin/main");
      assert.equal(git("rev-parse", "origin/HEAD"), git("rev-parse", "HEAD"));
      const own = commit({ "a.sql": "SELECT 1" });
      assert.equal(git("status", "--short", "--branch"), "## main...origin/main [ahead 1]");
      git("push", "--quiet");
      assert.equal(git("rev-parse", "origin/main"), own);
      assert.equal((await seedRepository(options)).isNew, false);
      assert.equal(git("rev-parse", "HEAD"), own);
    }));
});
