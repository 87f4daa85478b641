import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { createHttpWorld } from "../../server/http/http-world.js";
import { capturedMain } from "../captured-main.js";
import { recordHourLongRuns } from "../hour-long-runs.js";
import { withFolder } from "../scratch-folder.js";

const FILES = {
  "headwater.yaml": "project: sales\n",
  "daily.workflow.yaml":
    'workflow: daily\ntriggers: { schedule: "every 30m" }\nsteps: { only: { noop: {} } }\n',
};

describe("headwater validate, when a service is named", () => {
  it("warns of a schedule that leaves less time than runs usually take", () =>
    withFolder(FILES, async (folder) => {
      const world = await createHttpWorld({ token: "open-sesame-open-sesame-open-sesame" });
      try {
        await recordHourLongRuns(world.store);
        const env = { HEADWATER_URL: world.url, HEADWATER_TOKEN: "open-sesame-open-sesame-open-sesame" };
        const asked = await capturedMain(["validate", "--url", world.url], { cwd: folder, env });
        assert.equal(asked.code, 0, asked.stderr);
        assert.match(
          asked.stdout,
          /^daily\.workflow\.yaml:2:23 warning schedule-too-frequent: This fires every 30m .* usually takes 1h/,
        );
        const elsewhere = ["validate", "--url", world.url, "--environment", "staging"];
        assert.match((await capturedMain(elsewhere, { cwd: folder, env })).stdout, /: no findings\n$/);
        // An address in the environment is for other commands: what a check finds depends on the files alone.
        assert.match((await capturedMain(["validate"], { cwd: folder, env })).stdout, /: no findings\n$/);
      } finally {
        await world.stop();
      }
    }));

  it("ends with 2 when the service cannot be reached or refuses", () =>
    withFolder(FILES, async (folder) => {
      const lost = await capturedMain(["validate", "--url", "http://127.0.0.1:1"], { cwd: folder, env: {} });
      assert.deepEqual([lost.code, lost.stdout], [2, ""]);
      assert.match(lost.stderr, /^error: Cannot reach the service/);
    }));
});

describe("headwater validate", () => {
  it("tells a script without its executable bit, until it has it", () =>
    withFolder(
      { "headwater.yaml": "project: p\n", "a.workflow.yaml": STARTS, "load.sh": "true\n" },
      async (folder) => {
        const found = await capturedMain(["validate"], { cwd: folder, env: {} });
        assert.match(
          found.stdout,
          /^a\.workflow\.yaml:2:20 warning script-not-executable: "load\.sh" has no/,
        );
        chmodSync(join(folder, "load.sh"), 0o755);
        assert.match((await capturedMain(["validate"], { cwd: folder, env: {} })).stdout, /: no findings\n$/);
      },
    ));
});

const STARTS = "workflow: a\nsteps: { a: { run: ./load.sh } }\n";
