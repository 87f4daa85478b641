import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "mocha";
import { createHousekeeping, pruneLogs } from "#server/housekeeping.js";
import { ManualClock } from "#test/server/manual-clock.js";

const DAY = 86_400_000;

describe("housekeeping", () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "headwater-housekeeping-"));
  const clock = new ManualClock(100 * DAY);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const options = { dataFolder, keepLogsMs: 30 * DAY, clock, log };
  after(() => rmSync(dataFolder, { recursive: true }));

  it("removes the logs of old runs and keeps the others", async () => {
    for (const [run, day] of [
      ["old", 60],
      ["recent", 80],
    ] as const) {
      mkdirSync(join(dataFolder, "logs", run, "step"), { recursive: true });
      utimesSync(join(dataFolder, "logs", run), day * 86_400, day * 86_400);
    }
    assert.equal(await pruneLogs(options), 1);
    assert.deepEqual(readdirSync(join(dataFolder, "logs")), ["recent"]);
  });

  it("has nothing to do where there are no logs", async () => {
    assert.equal(await pruneLogs({ ...options, dataFolder: join(dataFolder, "nowhere") }), 0);
  });

  it("starts and stops, twice too", async () => {
    const housekeeping = createHousekeeping(options);
    await housekeeping.start();
    await housekeeping.stop();
    await housekeeping.stop();
  });
});
