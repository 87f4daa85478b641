import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { HousekeepingOptions } from "#server/housekeeping/housekeeping-options.js";
import { createHousekeeping, pruneAll } from "#server/housekeeping/housekeeping.js";
import { pruneLogs } from "#server/housekeeping/prune-logs.js";
import { until } from "#test/until.js";
import { ManualClock } from "#test/server/manual-clock.js";
import { createSqliteWorld, temporaryFolder } from "#test/server/store/sqlite/sqlite-world.js";
import type { StoreUnderTest } from "#test/server/store/store-conformance.js";
import { advance, KEY, newRun, newSignal, RUNNING, SUCCEEDED } from "#test/server/store/store-rows.js";

const DAY = 86_400_000;
const STOP = new AbortController().signal;

describe("housekeeping", () => {
  const said: unknown[] = [];
  const log = {
    info: (message: string, fields?: object) => void said.push([message, fields]),
    warn: (message: string, fields?: object) => void said.push([message, fields]),
    error: () => undefined,
  };
  let [folder, clock] = setup();
  let opened: StoreUnderTest;
  let options: HousekeepingOptions;

  beforeEach(async () => {
    [folder, clock] = setup();
    opened = await createSqliteWorld(clock);
    said.length = 0;
    const keep = {
      keepLogsMs: 30 * DAY,
      keepRunsMs: 50 * DAY,
      keepSignalsMs: 20 * DAY,
      keepDeploymentsMs: 40 * DAY,
    };
    const source = { tidy: async (): Promise<number> => 0 };
    options = { dataFolder: folder.path, store: opened.store, ...keep, source, clock, log };
  });
  afterEach(async () => {
    await opened.dispose();
    folder.remove();
  });

  it("removes the logs of old runs and those of runs that are gone, and keeps the others", async () => {
    const { store } = options;
    await store.createRuns(["old", "recent", "begun-long-ago"].map((id) => newRun(id)));
    writeLog("old", { folderDay: 60, fileDay: 60 });
    writeLog("recent", { folderDay: 80, fileDay: 80 });
    writeLog("gone", { folderDay: 80, fileDay: 80 });
    writeLog("begun-long-ago", { folderDay: 60, fileDay: 80 });
    assert.equal(await pruneLogs(options, STOP), 2);
    assert.deepEqual(readdirSync(join(folder.path, "logs")), ["begun-long-ago", "recent"]);
  });

  it("has nothing to do where there are no logs", async () => {
    assert.equal(await pruneLogs({ ...options, dataFolder: join(folder.path, "nowhere") }, STOP), 0);
  });

  it("begins some minutes after the start too, for a service that is up by day only", async () => {
    writeLog("gone", { folderDay: 80, fileDay: 80 });
    const housekeeping = createHousekeeping(options);
    await housekeeping.start();
    clock.advance(10 * 60_000);
    await until("the logs are removed", () => said.length > 0);
    assert.deepEqual(said, [["removed the logs of old runs", { runs: 1 }]]);
    await housekeeping.stop();
  });

  it("removes old runs, their logs and signals", async () => {
    const { store } = options;
    await makeRun("old", 40 * DAY);
    await makeRun("kept", 60 * DAY);
    await makeRun("newest", 40 * DAY);
    for (const id of ["old", "kept"]) writeLog(id, { folderDay: 80, fileDay: 80 });
    await store.recordSignal(newSignal("old", { at: 70 * DAY }));
    await store.recordSignal(newSignal("kept", { at: 90 * DAY }));
    await store.matchSignals(2, { runs: [], joined: [] });
    await pruneAll(options, STOP);
    assert.deepEqual(said, [
      ["removed old runs", { runs: 1 }],
      ["removed old signals", { signals: 1 }],
      ["removed the logs of old runs", { runs: 1 }],
    ]);
    const runs = await store.listRuns({ environment: KEY.environment, limit: 9 });
    assert.deepEqual(
      runs.map(({ id }) => id),
      ["newest", "kept"],
    );
    assert.deepEqual(readdirSync(join(folder.path, "logs")), ["kept"]);
  });

  it("keeps all runs and signals where nothing else is said", async () => {
    options = { ...options, keepRunsMs: null, keepSignalsMs: null };
    for (const id of ["old", "newest"]) await makeRun(id, DAY);
    await options.store.recordSignal(newSignal("old", { at: DAY }));
    await options.store.matchSignals(1, { runs: [], joined: [] });
    writeLog("gone", { folderDay: 90, fileDay: 90 });
    await pruneAll(options, STOP);
    assert.deepEqual(said, [["removed the logs of old runs", { runs: 1 }]]);
  });

  it("forgets what a step has left that is none with a cache any more", async () => {
    const { store } = options;
    await store.createRuns([newRun("a")]);
    const remembered = [60, 90].map((day) => ({
      step: "load",
      key: `day ${day}`,
      outputs: {},
      at: day * DAY,
    }));
    await store.advanceRun(advance("a", 1, { remembered }));
    await pruneAll(options, STOP);
    const query = { ...KEY, step: "load", since: 0 };
    assert.equal(await store.findRemembered({ ...query, key: "day 60" }), null);
    assert.notEqual(await store.findRemembered({ ...query, key: "day 90" }), null);
  });

  it("a part that fails is told, and the others are done", async () => {
    const failing = { ...options.store, pruneRuns: () => Promise.reject(new RangeError("no")) };
    writeLog("gone", { folderDay: 90, fileDay: 90 });
    options = { ...options, store: failing };
    await pruneAll(options, STOP);
    assert.deepEqual(said[0], ["cannot remove old runs", { reason: "RangeError: no" }]);
    assert.equal(existsSync(join(folder.path, "logs", "gone")), false);
  });

  it("starts and stops, twice too", async () => {
    const housekeeping = createHousekeeping(options);
    await housekeeping.start();
    await housekeeping.stop();
    await housekeeping.stop();
  });

  async function makeRun(id: string, endedAt: number): Promise<void> {
    await options.store.createRuns([newRun(id)]);
    await options.store.advanceRun(advance(id, 1, { run: RUNNING }));
    await options.store.advanceRun(advance(id, 2, { run: { ...SUCCEEDED, endedAt } }));
  }

  function writeLog(
    run: string,
    { folderDay, fileDay }: { readonly folderDay: number; readonly fileDay: number },
  ): void {
    const file = join(folder.path, "logs", run, "step", "1.log.gz");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "");
    utimesSync(file, fileDay * 86_400, fileDay * 86_400);
    for (const each of [dirname(file), join(folder.path, "logs", run)])
      utimesSync(each, folderDay * 86_400, folderDay * 86_400);
  }
});

function setup() {
  return [temporaryFolder(), new ManualClock(100 * DAY)] as const;
}
