import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { capturedMain } from "../captured-main.js";
import { withFolder } from "../scratch-folder.js";

describe("headwater graph", () => {
  it("prints a workflow in each format, and nothing of one with errors", async () => {
    const files = {
      "good.workflow.yaml": "workflow: good\nsteps: { go: { noop: } }\n",
      "bad.workflow.yaml": "workflow: bad\nsteps: { go: { nop: } }\n",
    };
    await withFolder(files, async (cwd) => {
      const graph = (...args: readonly string[]): ReturnType<typeof capturedMain> =>
        capturedMain(["graph", ...args], { cwd });
      assert.match((await graph("good.workflow.yaml")).stdout, /^---\ntitle: "good"\n---\nflowchart TD\n/);
      assert.match((await graph("good.workflow.yaml", "--format", "dot")).stdout, /^digraph "good"/);
      assert.match((await graph("good.workflow.yaml", "--format", "svg")).stdout, /^<svg [^]*<\/svg>\n$/);
      const { code, stdout, stderr } = await graph("bad.workflow.yaml");
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /bad\.workflow\.yaml:2:/);
      assert.equal((await graph("good.workflow.yaml", "--format", "png")).code, 2);
    });
  });
});
