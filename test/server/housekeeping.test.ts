import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, it } from "mocha";
import { createHousekeeping, pruneLogs } from "#server/housekeeping.js";
import { until } from "#test/until.js";
import { ManualClock } from "#test/server/manual-clock.js";

const DAY = 86_400_000;

describe("housekeeping", () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "headwater-housekeeping-"));
  const clock = new ManualClock(100 * DAY);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const options = { dataFolder, keepLogsMs: 30 * DAY, clock, log };
  after(() => rmSync(dataFolder, { recursive: true }));

  it("removes the logs of old runs and keeps the others", async () => {
    for (const [run, folderDay, fileDay] of [
      ["old", 60, 60],
      ["recent", 80, 80],
      ["begun long ago", 60, 80],
    ] as const) {
      const file = join(dataFolder, "logs", run, "step", "1.log.gz");
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, "");
      utimesSync(file, fileDay * 86_400, fileDay * 86_400);
      for (const folder of [dirname(file), join(dataFolder, "logs", run)]) {
        utimesSync(folder, folderDay * 86_400, folderDay * 86_400);
      }
    }
    assert.equal(await pruneLogs(options), 1);
    assert.deepEqual(readdirSync(join(dataFolder, "logs")), ["begun long ago", "recent"]);
  });

  it("has nothing to do where there are no logs", async () => {
    assert.equal(await pruneLogs({ ...options, dataFolder: join(dataFolder, "nowhere") }), 0);
  });

  it("removes them some minutes after the start too, for a service that is up by day only", async () => {
    const removed: unknown[] = [];
    const housekeeping = createHousekeeping({
      ...options,
      log: { ...log, info: (_message, fields) => removed.push(fields) },
    });
    mkdirSync(join(dataFolder, "logs", "old"));
    utimesSync(join(dataFolder, "logs", "old"), 60 * 86_400, 60 * 86_400);
    await housekeeping.start();
    clock.advance(10 * 60_000);
    await until("the logs are removed", () => removed.length > 0);
    assert.deepEqual(removed, [{ runs: 1 }]);
    await housekeeping.stop();
  });

  it("starts and stops, twice too", async () => {
    const housekeeping = createHousekeeping(options);
    await housekeeping.start();
    await housekeeping.stop();
    await housekeeping.stop();
  });
});
