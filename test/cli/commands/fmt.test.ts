import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { capturedMain } from "../captured-main.js";
import { withFolder } from "../scratch-folder.js";

const FILES = {
  "headwater.yaml": "project:   growth\n",
  "a.workflow.yaml": "workflow: a\nsteps:\n    go: {noop: } # mine\n",
  "b.workflow.yaml": "workflow: b\nsteps:\n  go: { noop: }\n",
  "broken.workflow.yaml": "workflow: [\n",
  "notes.yaml": "not:   ours\n",
};

describe("headwater fmt", () => {
  it("formats the files of the language in place, keeps their mode, and ends with 1 for one with errors", async () => {
    await withFolder(FILES, async (cwd) => {
      chmodSync(join(cwd, "a.workflow.yaml"), 0o755);
      const { code, stdout, stderr } = await capturedMain(["fmt"], { cwd });
      assert.equal(code, 1);
      assert.equal(
        stdout,
        "a.workflow.yaml\nheadwater.yaml\n2 formatted, 1 already as they should be, 1 with errors left alone\n",
      );
      assert.match(stderr, /^broken\.workflow\.yaml:2:1 error yaml-syntax: /);
      const read = (name: string): string => readFileSync(join(cwd, name), "utf8");
      assert.equal(read("a.workflow.yaml"), "workflow: a\nsteps:\n  go: { noop: } # mine\n");
      assert.equal(read("headwater.yaml"), "project: growth\n");
      assert.equal(read("broken.workflow.yaml"), FILES["broken.workflow.yaml"]);
      assert.equal(read("notes.yaml"), FILES["notes.yaml"]);
      assert.equal(statSync(join(cwd, "a.workflow.yaml")).mode & 0o777, 0o755);
      assert.equal(readdirSync(cwd).length, Object.keys(FILES).length);
    });
  });

  it("changes nothing with --check, and ends with 1 until all is formatted", async () => {
    await withFolder(FILES, async (cwd) => {
      const args = ["fmt", "a.workflow.yaml", "b.workflow.yaml"];
      const checked = await capturedMain([...args, "--check", "--format", "json"], { cwd });
      assert.equal(checked.code, 1);
      assert.deepEqual(JSON.parse(checked.stdout), {
        files: [
          { file: "a.workflow.yaml", status: "formatted" },
          { file: "b.workflow.yaml", status: "unchanged" },
        ],
        summary: { formatted: 1, unchanged: 1, refused: 0 },
      });
      assert.equal(readFileSync(join(cwd, "a.workflow.yaml"), "utf8"), FILES["a.workflow.yaml"]);
      assert.equal((await capturedMain(args, { cwd })).code, 0);
      assert.equal((await capturedMain([...args, "--check"], { cwd })).code, 0);
    });
  });

  it("formats standard input to standard output, and prints nothing of what has errors", async () => {
    const format = (text: string, ...args: readonly string[]): ReturnType<typeof capturedMain> =>
      capturedMain(["fmt", "--stdin", ...args], { readInput: async () => Buffer.from(text) });
    assert.deepEqual(await format("\uFEFFa:   1"), { code: 0, stdout: "\uFEFFa: 1\n", stderr: "" });
    assert.deepEqual(await format("a: 1\n", "--check"), { code: 0, stdout: "", stderr: "" });
    assert.deepEqual(await format("a:   1\n", "--check"), { code: 1, stdout: "", stderr: "" });
    const refused = await format("a: [");
    assert.deepEqual([refused.code, refused.stdout], [1, ""]);
    assert.match(refused.stderr, /^stdin:1:5 error yaml-syntax: /);
  });

  it("ends with 2 when there is nothing to format, or no place to write", async () => {
    await withFolder(FILES, async (cwd) => {
      assert.equal((await capturedMain(["fmt", "notes.yaml"], { cwd })).code, 2);
      assert.equal((await capturedMain(["fmt", "--stdin", "a.workflow.yaml"], { cwd })).code, 2);
      // A name that stands for a folder which is not there: whoever runs the tests may write anywhere else.
      const { code, stderr } = await capturedMain(["fmt"], { cwd, newId: () => "no/such/folder" });
      assert.equal(code, 2);
      assert.match(stderr, /Cannot write ".*a\.workflow\.yaml"/);
      assert.equal(readFileSync(join(cwd, "a.workflow.yaml"), "utf8"), FILES["a.workflow.yaml"]);
    });
  });
});
