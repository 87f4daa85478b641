import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { RunRow, Store } from "#server/store/store.js";
import { createBackfills } from "#server/triggers/backfills/create-backfills.js";
import { seededRandom } from "#test/seeded-random.js";
import { backfillWorld, request, type BackfillWorld } from "./backfill-world.js";

const SEEDS = 12;

describe("Backfiller", () => {
  it("makes each run once and loses none, though it dies at any call of the store, before or after it has written", async () => {
    const world = await backfillWorld();
    try {
      await world.deploy("d1", { at: 0, rule: "parallel" });
      for (let seed = 1; seed <= SEEDS; seed += 1) await playSeed(world, seed);
    } finally {
      await world.dispose();
    }
  });
});

/** A backfill of 24 slots with two or three runs at a time, some of which fail and are done again, by services that die. */
async function playSeed(world: BackfillWorld, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const { store, options, clock } = world;
  const maxParallel = 1 + (seed % 3);
  const { row } = await createBackfills(options).create(request({ redo: true, maxParallel }));
  const failed = new Set<string>();
  const drive = async (): Promise<void> => {
    while ((await store.findBackfill(row.id))?.status === "running") {
      await liveOnce(world, random);
      const going = await world.unfinished();
      assert.ok(going.length <= maxParallel, `seed ${seed}: ${going.length} runs at once`);
      clock.advance(60_000);
      for (const run of going) {
        if (random() < 0.3) continue;
        const fails = run.attempt === 1 && random() < 0.2;
        if (fails) failed.add(run.id);
        await world.end(run, fails ? "failed" : "succeeded");
      }
    }
  };
  await drive();
  await store.retryBackfill(row.id, { by: "bob", reason: "once more", at: clock.now() });
  await drive();
  const runs = await store.listRuns({ backfill: row.id, limit: 1000 });
  assert.deepEqual(
    runs.map(positionOf).reverse(),
    Array.from({ length: 24 }, (_, index) => index),
  );
  assert.deepEqual(
    runs.map(({ scheduledAt }) => scheduledAt).reverse(),
    Array.from({ length: 24 }, (_, hour) => Date.UTC(2026, 5, 14, hour)),
  );
  const wrong = runs.filter(
    (run) => run.attempt !== (failed.has(run.id) ? 2 : 1) || run.status !== "succeeded",
  );
  assert.deepEqual(wrong, [], `seed ${seed}`);
}

/** One life: it drives backfills until there is nothing to do, or until it dies. */
async function liveOnce({ store, backfiller }: BackfillWorld, random: () => number): Promise<void> {
  const life = backfiller(mortalStore(store, Math.floor(random() * 12), random));
  try {
    while (await life.step());
  } catch (error) {
    if (!(error instanceof Death)) throw error;
  }
}

class Death extends Error {}

/** Dies at a call: before it, or when it has done its work and nobody hears of it. */
function mortalStore(store: Store, calls: number, random: () => number): Store {
  let left = calls;
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        left -= 1;
        if (left < 0 && random() < 0.5) throw new Death();
        const answer: unknown = await method.apply(target, args);
        if (left < 0) throw new Death();
        return answer;
      };
    },
  });
}

function positionOf({ trigger }: RunRow): number {
  return trigger.kind === "backfill" ? trigger.position : -1;
}
