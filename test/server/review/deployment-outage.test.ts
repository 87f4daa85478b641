import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { createChangeFeed } from "#server/changes/change-feed.js";
import { systemIds } from "#server/ids.js";
import { DeploymentTeller } from "#server/review/deployment-teller.js";
import { Outbox } from "#server/review/outbox.js";
import { HostFailure, type ReviewHost } from "#server/review/review-host.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import { until } from "../../until.js";
import { ManualClock } from "../manual-clock.js";
import { scratchFolder } from "../source/scratch-repository.js";
import { deployment } from "../store/store-rows.js";

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

describe("DeploymentTeller, of a host that was away", () => {
  it("tells of each deployment once, oldest first, and what is over of the one that lasted before them", async () => {
    const scratch = await scratchFolder();
    const clock = new ManualClock(1_800_000_000_000);
    const store = createSqliteStore({ dataFolder: join(scratch.folder, "data"), clock });
    await store.start();
    await store.saveRepository({
      id: "repo_1",
      name: "flows",
      url: PLACE.cloneUrl,
      branch: "main",
      createdAt: 1,
      headCommit: null,
      checkedAt: null,
      follows: "branch",
      declared: null,
      problem: null,
    });
    const told: string[] = [];
    const host: Pick<ReviewHost, "findPlace" | "write"> & { asked: number; isAway: boolean } = {
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
    const live = (): DeploymentTeller =>
      new DeploymentTeller({
        ...common,
        outbox,
        feed: createChangeFeed({ boot: "b", remembered: 10 }),
        publicUrl: null,
      });
    const record = (number: number, status: "held" | "refused"): Promise<void> => {
      const facts = { repositoryId: "repo_1", commit: String(number).padStart(40, "0"), status };
      return store.recordDeployment(deployment(`dep_${number}`, { ...facts, endedAt: clock.now() }));
    };

    await record(0, "held");
    const first = live();
    await first.start();
    await until("the first is told", () => told.length === 1);
    await first.stop();
    host.isAway = true;
    for (let number = 1; number <= REFUSED; number += 1) await record(number, "refused");
    const second = live();
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
    await outbox.stop();
    await store.stop();
    await scratch.remove();
  });
});
