import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { createReview, type ReviewOptions } from "#server/review/create-review.js";
import { toKept } from "#server/review/kept.js";
import { Sweep } from "#server/review/sweep.js";
import type { WantedCheck } from "#server/review/wanted-object.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import type { Store } from "#server/store/store.js";
import { until } from "../../until.js";
import { ManualClock } from "../manual-clock.js";
import { scratchFolder } from "../source/scratch-repository.js";
import { repositoryRow } from "../store/store-rows.js";
import { reviewOfSilentHost } from "./silent-host.js";

const MINUTE_MS = 60_000;
const PLACE = {
  account: "1",
  owner: "acme",
  name: "flows",
  repositoryId: "11",
  cloneUrl: "https://git.example/f.git",
};
const HEAD = "a".repeat(40);
const SUBJECT = { place: PLACE, head: HEAD, ref: "refs/pull/1/head", base: "main", number: 1, isFork: false };

describe("a check that was left open", () => {
  it("fails, without a word of what is on the machine, when looking at it failed three times", async () => {
    const scratch = await scratchFolder();
    const clock = new ManualClock(1_800_000_000_000);
    const store = createSqliteStore({ dataFolder: join(scratch.folder, "data"), clock });
    await store.start();
    await leaveOpen(store, clock);
    const written: WantedCheck[] = [];
    let looks = 0;
    const review = createReview(
      optionsOf({
        store,
        clock,
        write: (check) => written.push(check),
        look: () => {
          looks += 1;
          throw new TypeError("cannot open /srv/headwater/data/store.db");
        },
      }),
    );
    await review.start();
    const told = await until("it has failed", () => {
      clock.advance(MINUTE_MS);
      return written.find(({ result }) => result?.conclusion === "failure")?.result;
    });
    await review.stop();
    assert.deepEqual([looks, told.title], [3, "could not be reviewed"]);
    assert.match(told.summary, /The service has failed/);
    assert.doesNotMatch(told.summary, /srv/);
    await store.stop();
    await scratch.remove();
  });
});

/** It was begun, and nothing came of it. */
async function leaveOpen(store: Store, clock: ManualClock): Promise<void> {
  await store.saveRepository(repositoryRow({ url: PLACE.cloneUrl }));
  const wanted: WantedCheck = { kind: "check", subject: SUBJECT, reviewId: "review_1", result: null };
  const key = `check github 11 ${HEAD}`;
  const when = { dueAt: clock.now(), updatedAt: clock.now() };
  const wish = { key, host: "github", account: "1", rank: 1, isUnfinished: true, wanted: toKept(wanted) };
  await store.wishHostObjects({ ...wish, ...when });
  await store.fulfilHostObject({ key, generation: 1, remoteId: "1" });
}

interface Played {
  readonly store: Store;
  readonly clock: ManualClock;
  readonly write: (check: WantedCheck) => void;
  readonly look: () => never;
}

/** Of a host that takes what it is told, and tells nothing. */
function optionsOf({ store, clock, write, look }: Played): ReviewOptions {
  const silent = reviewOfSilentHost({ store, clock });
  return {
    ...silent,
    host: {
      ...silent.host,
      write: async (wanted) => {
        if (wanted.kind === "check") write(wanted);
        return "1";
      },
    },
    source: { ...silent.source, previewMerge: async () => look() },
  };
}

describe("a Sweep", () => {
  it("looks back as far as before as long as there is more than the host could be asked for", async () => {
    const clock = new ManualClock(1_800_000_000_000);
    const looks: number[] = [];
    const nothing = async (): Promise<void> => undefined;
    const sweep = new Sweep({
      host: {
        recoverDeliveries: async ({ since }) => {
          looks.push(Math.round((clock.now() - since) / MINUTE_MS));
          return { asked: 50, hasMore: looks.length < 3 };
        },
      },
      hostName: "github",
      store: {
        listUnfinishedHostObjects: async () => [],
        pruneReviews: nothing,
        filterDeliveries: async () => [],
        listRepositories: async () => [],
      },
      reviewer: { findCheck: async () => null },
      review: nothing,
      giveUp: nothing,
      record: nothing,
      clock,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    for (let round = 0; round < 4; round += 1) {
      await sweep.run(new AbortController().signal);
      clock.advance(MINUTE_MS);
    }
    const threeDays = 3 * 24 * 60;
    assert.deepEqual(looks, [threeDays, threeDays, threeDays, 16]);
  });
});
