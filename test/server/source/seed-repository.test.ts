import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { seedRepository } from "#server/source/seed-repository.js";
import { cloneIn } from "../../cli/clone.js";
import { withFolder } from "../../cli/scratch-folder.js";

describe("seedRepository()", () => {
  it("gives a checkout that knows its origin from the start, and leaves it alone the next time", () =>
    withFolder({ "example/headwater.yaml": "project: growth\n" }, async (folder) => {
      const options = {
        from: join(folder, "example"),
        folder: join(folder, "data", "seeded"),
        environment: process.env,
      };
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

  it("commits all of the example where the user's git signs commits, runs hooks and leaves files out", () =>
    withFolder(UNHELPFUL_HOME, async (folder) => {
      chmodSync(join(folder, "home", "hooks", "pre-commit"), 0o755);
      const options = { from: join(folder, "example"), folder: join(folder, "data") };
      const { checkout } = await atHome(join(folder, "home"), () =>
        seedRepository({ ...options, environment: process.env }),
      );
      const { git } = cloneIn(checkout);
      assert.deepEqual(git("ls-files").split("\n"), ["a.sql", "headwater.yaml"]);
      assert.equal(git("status", "--short", "--branch"), "## main...origin/main");
      assert.equal(git("log", "-1", "--format=%an %G?"), "Headwater N");
      assert.throws(() => git("config", "--local", "user.email"), "the user's own address is known");
    }));
});

const UNHELPFUL_HOME = {
  "example/headwater.yaml": "project: growth\n",
  "example/a.sql": "SELECT 1\n",
  "home/.gitconfig": `
[user]
  email = ada@example.com
  signingKey = none
[commit]
  gpgSign = true
[gpg]
  program = false
[core]
  hooksPath = ~/hooks
  excludesFile = ~/excludes
`,
  "home/hooks/pre-commit": "#!/bin/sh\nexit 1\n",
  "home/excludes": "*.sql\n",
};

/** What the user's own git is told comes from the environment of the process, as in the real command. */
async function atHome<T>(home: string, act: () => Promise<T>): Promise<T> {
  const before = process.env["HOME"];
  process.env["HOME"] = home;
  try {
    return await act();
  } finally {
    if (before === undefined) delete process.env["HOME"];
    else process.env["HOME"] = before;
  }
}
