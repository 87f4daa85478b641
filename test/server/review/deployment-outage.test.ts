import assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { createChangeFeed } from "#server/changes/change-feed.js";
import { systemIds } from "#server/ids.js";
import { DeploymentTeller } from "#server/review/deployment-teller.js";
import { Outbox } from "#server/review/outbox.js";
import { HostFailure, type ReviewHost } from "#server/review/review-host.js";
import { Sweep } from "#server/review/sweep.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import type { Store } from "#server/store/store.js";
import { until } from "../../until.js";
import { ManualClock } from "../manual-clock.js";
import { scratchFolder } from "../source/scratch-repository.js";
import { deployment, repositoryRow } from "../store/store-rows.js";

const DAY_MS = 24 * 3_600_000;
/** More than are looked at where there is no news of them. */
const REFUSED = 250;
const MINUTE_MS = 60_000;
const PLACE = {
  account: "5",
  repositoryId: "11",
  owner: "acme",
  name: "flows",
  cloneUrl: "https://git.example/f.git",
};

describe("DeploymentTeller", () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.stop());

  it("tells of each deployment that a host was away for once, oldest first, and what is over of the one that lasted", async () => {
    const { host, clock, told } = world;
    await world.record(0, "held");
    const first = world.live();
    await first.start();
    await until("the first is told", () => told.length === 1);
    await first.stop();
    host.isAway = true;
    for (let number = 1; number <= REFUSED; number += 1) await world.record(number, "refused");
    const second = world.live();
    await second.start();
    await until("the host was asked", () => host.asked === 2 && clock.pending > 0);
    clock.advance(MINUTE_MS);
    await until("the host was asked again", () => host.asked === 3 && clock.pending > 0);
    host.isAway = false;
    clock.advance(MINUTE_MS);
    await until("all is told", () => told.length === REFUSED + 2);
    assert.deepEqual(told.slice(0, 3), ["dep_0 queued", "dep_0 inactive", "dep_1 failure"]);
    assert.deepEqual([told.at(-1), new Set(told).size], [`dep_${REFUSED} failure`, told.length]);
    await second.stop();
  });

  it("tells that one is over, however long it lasted", async () => {
    const { clock, told, store } = world;
    await world.record(1, "active");
    await world.record(2, "held");
    const teller = world.live();
    await teller.start();
    await until("both are told", () => told.length === 2);
    await teller.stop();
    clock.advance(91 * DAY_MS);
    await world.sweep();
    await world.record(3, "active");
    const next = world.live();
    await next.start();
    await until("what came of it is told", () => told.length === 5);
    assert.deepEqual(told.slice(2).sort(), ["dep_1 inactive", "dep_2 inactive", "dep_3 success"]);
    await next.stop();
    // Then nobody needs to know of them any more.
    clock.advance(91 * DAY_MS);
    await world.sweep();
    const keys = [1, 2, 3].map((number) => `deployment github dep_${number}`);
    const kept = await store.listHostObjects(keys);
    assert.deepEqual(
      kept.map(({ key }) => key),
      keys.slice(2),
    );
  });
});

interface World {
  readonly store: Store;
  readonly clock: ManualClock;
  readonly host: Pick<ReviewHost, "findPlace" | "write"> & { asked: number; isAway: boolean };
  /** Of what the host was told, in order. */
  readonly told: string[];
  /** One that is not started. */
  readonly live: () => DeploymentTeller;
  record(number: number, status: "active" | "held" | "refused"): Promise<void>;
  /** Forgets what is old. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

async function createWorld(): Promise<World> {
  const scratch = await scratchFolder();
  const clock = new ManualClock(1_800_000_000_000);
  const store = createSqliteStore({ dataFolder: join(scratch.folder, "data"), clock });
  await store.start();
  await store.saveRepository(repositoryRow({ url: PLACE.cloneUrl }));
  const told: string[] = [];
  const host: World["host"] = {
    asked: 0,
    isAway: false,
    async findPlace() {
      this.asked += 1;
      if (this.isAway) throw new HostFailure("unavailable", "away");
      return PLACE;
    },
    async write(wanted) {
      if (wanted.kind === "deployment") told.push(`${wanted.deploymentId} ${wanted.state}`);
      return "1";
    },
  };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const common = { store, host, hostName: "github", clock, log };
  const outbox = new Outbox({ ...common, ids: systemIds, writesPerMinute: 1_000_000 });
  const sweeper = new Sweep({
    ...common,
    host: { recoverDeliveries: async () => ({ asked: 0, hasMore: false }) },
    reviewer: { findCheck: async () => null },
    review: async () => undefined,
    giveUp: async () => undefined,
    record: async () => undefined,
  });
  return {
    store,
    clock,
    host,
    told,
    live: () =>
      new DeploymentTeller({
        ...common,
        outbox,
        feed: createChangeFeed({ boot: "b", remembered: 10 }),
        publicUrl: null,
      }),
    record(number, status) {
      const facts = { repositoryId: "repo_1", commit: String(number).padStart(40, "0"), status };
      return store.recordDeployment(deployment(`dep_${number}`, { ...facts, endedAt: clock.now() }));
    },
    sweep: () => sweeper.run(new AbortController().signal),
    async stop() {
      await outbox.stop();
      await store.stop();
      await scratch.remove();
    },
  };
}
