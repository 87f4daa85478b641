import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { capturedMain } from "../captured-main.js";
import { withFolder } from "../scratch-folder.js";

const FLAGS = ["--project", "growth", "--owner", "growth-data", "--timezone", "America/Los_Angeles"];

describe("headwater init", () => {
  it("makes a project that is found right, formatted, tested and covered whole", async () => {
    await withFolder({}, async (cwd) => {
      const made = await capturedMain(["init", "new/pipelines", ...FLAGS], { cwd });
      assert.equal(made.code, 0, made.stderr);
      assert.match(made.stdout, /^created headwater\.yaml\ncreated pipelines\/hello\.workflow\.yaml\n/);
      assert.match(made.stdout, /\n {2}cd new\/pipelines\n {2}headwater test /);
      assert.match(made.stdout, /\n {2}headwater serve {3}# .* unless it runs already, as by npm start\n/);
      const inside = { cwd: join(cwd, "new/pipelines") };
      const validated = await capturedMain(["validate"], inside);
      assert.deepEqual([validated.code, validated.stdout], [0, "1 workflow in 3 files: no findings\n"]);
      const tested = await capturedMain(["test", "--coverage"], inside);
      assert.match(tested.stdout, /\n4 passed, 0 failed\n/);
      assert.match(tested.stdout, /\nhello +100% \(2 of 2\) +100% \(3 of 3\)\n/);
      assert.equal((await capturedMain(["fmt", "--check"], inside)).code, 0);
      assert.equal(readFileSync(join(inside.cwd, ".gitignore"), "utf8"), ".headwater/\n");
    });
  });

  it("says how to get there as a shell takes it", async () => {
    await withFolder({}, async (cwd) => {
      const { stdout } = await capturedMain(["init", "my dir's", ...FLAGS], { cwd });
      assert.ok(stdout.includes(String.raw`  cd 'my dir'\''s'` + "\n"), stdout);
    });
  });

  it("asks on a terminal, suggests, and asks again when an answer will not do", async () => {
    const answers = ["Not An Id", "growth", "", "BST", "Europe/Berlin"];
    const asked: string[] = [];
    await withFolder({}, async (cwd) => {
      const ask = async (question: string): Promise<string> => {
        asked.push(question);
        return answers.shift() ?? "";
      };
      const { code, stdout } = await capturedMain(["init"], { cwd, ask, user: "ada" });
      assert.equal(code, 0);
      assert.match(stdout, /Not "Not An Id":/);
      assert.match(stdout, /Not "BST": .* write the place, "Europe\/London"/);
      assert.equal(asked.length, 5);
      assert.equal(
        readFileSync(join(cwd, "headwater.yaml"), "utf8"),
        'project: "growth"\nowner: "ada"\ndefaults: { timezone: "Europe/Berlin", timeout: 1h }\nenvironments:\n  production: { branch: main }\n',
      );
    });
  });

  it("takes what it suggests with --yes, and does not ask where nobody can answer", async () => {
    await withFolder({}, async (cwd) => {
      const asked = await capturedMain(["init", "p1"], { cwd, ask: null });
      assert.equal(asked.code, 2);
      assert.match(asked.stderr, /give --project, or --yes for "p1"/);
      assert.equal(existsSync(join(cwd, "p1")), false);
      assert.equal((await capturedMain(["init", "p1", "--yes"], { cwd, ask: null })).code, 0);
    });
  });

  it("overwrites nothing, and makes no project in a project", async () => {
    const mine = "workflow: mine\n";
    const files = {
      "a/pipelines/hello.workflow.yaml": mine,
      "b/headwater.yaml": "project: b\n",
      "c/.gitignore": "dist\n",
    };
    await withFolder(files, async (cwd) => {
      const init = (folder: string): ReturnType<typeof capturedMain> =>
        capturedMain(["init", folder, ...FLAGS], { cwd });
      assert.equal((await init("a")).code, 2);
      assert.equal(readFileSync(join(cwd, "a/pipelines/hello.workflow.yaml"), "utf8"), mine);
      assert.equal(existsSync(join(cwd, "a/headwater.yaml")), false);
      assert.equal((await init("b")).code, 2);
      assert.equal((await init("b/inner")).code, 2);
      assert.match((await init("c")).stdout, /Your \.gitignore is as it was/);
      assert.equal(readFileSync(join(cwd, "c/.gitignore"), "utf8"), "dist\n");
      assert.equal((await capturedMain(["init", "d", "--timezone", "Mars"], { cwd })).code, 2);
    });
  });
});
