import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createSqliteStore, type SqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import type { StoreHealth } from "#server/store/store.js";
import { until } from "../../../until.js";
import { ManualClock } from "../../manual-clock.js";
import { advance, newRun, stepChange } from "../store-rows.js";
import { temporaryFolder } from "./sqlite-world.js";

interface World {
  readonly store: SqliteStore;
  readonly clock: ManualClock;
  /** How many calls shared each transaction. */
  readonly commits: number[];
  readonly healths: StoreHealth[];
}

/** Larger than what is left on the last page. */
const LARGE = { text: "x".repeat(100_000) };

describe("group commit", () => {
  test("200 advances of 200 runs at once share a few transactions", async ({ store, commits }) => {
    const runs = Array.from({ length: 200 }, (_, index) => `run-${index}`);
    await store.createRuns(runs.map((id) => newRun(id)));
    commits.length = 0;
    await Promise.all(runs.map((id) => store.advanceRun(advance(id, 1, { steps: [stepChange("load")] }))));
    assert.equal(sum(commits), 200);
    assert.ok(commits.length <= 3, `${commits.length} transactions`);
  });

  test("calls that arrive while a transaction is written share the next one", async ({ store, commits }) => {
    await store.createRuns([newRun("a"), newRun("b")]);
    commits.length = 0;
    const first = store.advanceRun(advance("a", 1));
    // The transaction of the first has begun when the queue of micro tasks has run dry.
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([
      first,
      ...[2, 3, 4].map((seq) => store.advanceRun(advance("a", seq))),
      store.advanceRun(advance("b", 1)),
    ]);
    assert.deepEqual(commits, [1, 4]);
  });

  test("a transaction has an end, however many calls wait", async ({ store, commits }) => {
    await store.createRuns([newRun("a")]);
    commits.length = 0;
    const steps = Array.from({ length: 400 }, (_, index) => stepChange(`load[${index}]`));
    await Promise.all([1, 2, 3, 4, 5].map((seq) => store.advanceRun(advance("a", seq, { steps }))));
    assert.deepEqual(commits, [2, 2, 1]);
  });

  test("one call may be larger than a transaction's measure", async ({ store }) => {
    await store.createRuns([newRun("a")]);
    const steps = Array.from({ length: 5000 }, (_, index) => stepChange(`load[${index}]`));
    await store.advanceRun(advance("a", 1, { steps }));
    assert.equal((await store.listSteps("a", { limit: 9999 })).length, 5000);
  });
});

describe("a full disk", () => {
  test("writes wait and say why, reads go on, and all land in order when there is room", async (world) => {
    const { store, clock, healths } = world;
    await store.createRuns([newRun("a")]);
    const { writes, landed } = await fillDisk(world);
    const health = store.health();
    assert.ok(health.status === "waiting");
    assert.equal(health.since, 10_000);
    assert.match(
      health.reason,
      /^the disk that holds ".*headwater\.db" is full: free some space; nothing is lost, writes go on by themselves$/,
    );
    assert.equal((await store.findRun("a"))?.status, "queued");
    await retry(world, 500);
    await retry(world, 1000);
    assert.deepEqual(store.health(), health);
    assert.deepEqual(landed, []);
    await store.limitPages(null);
    clock.advance(2000);
    await Promise.all(writes);
    assert.deepEqual(landed, [1, 2, 3]);
    assert.deepEqual(
      (await store.readJournal("a")).map(({ seq }) => seq),
      [1, 2, 3],
    );
    assert.deepEqual(store.health(), { status: "ok" });
    assert.deepEqual(healths.at(-1), { status: "ok" });
  });

  test("stop() tries once more, then refuses what cannot be written", async (world) => {
    await world.store.createRuns([newRun("a")]);
    const { writes } = await fillDisk(world);
    const settled = Promise.allSettled(writes);
    await world.store.stop();
    for (const result of await settled) {
      assert.ok(result.status === "rejected");
      assert.equal((result.reason as { readonly code?: string }).code, "store-stopped");
    }
  });

  test("stop() writes what waits when there is room again", async (world) => {
    await world.store.createRuns([newRun("a")]);
    const { writes } = await fillDisk(world);
    await world.store.limitPages(null);
    await world.store.stop();
    await Promise.all(writes);
  });
});

describe("a stopped store", () => {
  test("refuses calls, may be stopped twice, and starts again", async ({ store }) => {
    await store.createRuns([newRun("a")]);
    const last = store.advanceRun(advance("a", 1));
    await Promise.all([store.stop(), store.stop()]);
    await last;
    await assert.rejects(store.advanceRun(advance("a", 2)), { code: "store-stopped" });
    await assert.rejects(store.findRun("a"), { code: "store-stopped" });
    await store.start();
    assert.equal((await store.readJournal("a")).length, 1);
  });
});

function test(title: string, body: (world: World) => Promise<void>): void {
  it(title, async () => {
    const folder = temporaryFolder();
    const clock = new ManualClock(10_000);
    const commits: number[] = [];
    const healths: StoreHealth[] = [];
    const store = createSqliteStore({
      dataFolder: folder.path,
      clock,
      onCommit: (calls) => commits.push(calls),
      onHealth: (health) => healths.push(health),
    });
    await store.start();
    try {
      await body({ store, clock, commits, healths });
    } finally {
      await store.stop();
      folder.remove();
    }
  });
}

/** Three writes that do not fit any more, the first of which has been tried. `landed` fills as they are acknowledged. */
async function fillDisk({
  store,
  clock,
}: World): Promise<{ readonly writes: readonly Promise<void>[]; readonly landed: number[] }> {
  await store.limitPages(1);
  const landed: number[] = [];
  const writes = [1, 2, 3].map(async (seq) => {
    await store.advanceRun(advance("a", seq, { steps: [stepChange(`s${seq}`, { outputs: LARGE })] }));
    landed.push(seq);
  });
  await until("the write waits for its next try", () => clock.pending === 1);
  return { writes, landed };
}

async function retry({ clock, healths }: World, afterMs: number): Promise<void> {
  const tries = healths.length;
  clock.advance(afterMs - 1);
  assert.equal(healths.length, tries);
  clock.advance(1);
  await until("the write was tried again", () => healths.length > tries && clock.pending === 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
