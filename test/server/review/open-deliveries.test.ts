import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { systemClock } from "#server/clock.js";
import { createReview, type ReviewOptions } from "#server/review/create-review.js";
import { OpenDeliveries } from "#server/review/open-deliveries.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import type { DeliveryRow } from "#server/store/reviews.js";
import type { Store } from "#server/store/store.js";
import { until } from "../../until.js";
import { scratchFolder } from "../source/scratch-repository.js";
import { reviewOfSilentHost } from "./silent-host.js";

const COUNT = 11;
const READ_MAX = 4;

describe("OpenDeliveries, of more than are read at once", () => {
  it("takes the oldest, and the rest when half of them are done, once each", () =>
    withStore(async (store) => {
      const taken: string[] = [];
      const deliveries = new OpenDeliveries({
        store,
        hostName: "github",
        take: ({ id }) => taken.push(id),
        readMax: READ_MAX,
      });
      await deliveries.readOn();
      assert.deepEqual(taken, ["0", "1", "2", "3"]);
      await deliveries.close(["0"]);
      await deliveries.record(delivery(COUNT));
      await deliveries.readOn();
      assert.deepEqual(taken.slice(READ_MAX), [`${COUNT}`]);
      for (let closed = 1; closed <= COUNT; closed += 1) {
        await deliveries.close([`${closed}`]);
        await deliveries.readOn();
      }
      assert.equal(taken.length, COUNT + 1);
      assert.equal(new Set(taken).size, COUNT + 1);
      assert.deepEqual(await store.listOpenDeliveries("github", COUNT), []);
    }));

  it("are all worked on in one life of the service", () =>
    withStore(async (store) => {
      const hinted: (string | null)[] = [];
      const review = createReview(optionsOf(store, (url) => hinted.push(url)));
      await review.start();
      await until("all are worked on", () => hinted.length >= COUNT);
      await review.stop();
      assert.deepEqual(
        hinted,
        Array.from({ length: COUNT }, (_, number) => `${number}`),
      );
    }));
});

/** An earlier life has left so many. */
async function withStore(work: (store: Store) => Promise<void>): Promise<void> {
  const scratch = await scratchFolder();
  const store = createSqliteStore({ dataFolder: join(scratch.folder, "data"), clock: systemClock });
  await store.start();
  for (let number = 0; number < COUNT; number += 1) await store.recordDelivery(delivery(number));
  await work(store);
  await store.stop();
  await scratch.remove();
}

function delivery(number: number): DeliveryRow {
  const event = { kind: "push", urls: [`${number}`] };
  return { id: `${number}`, host: "github", event, receivedAt: number };
}

function optionsOf(store: Store, hint: (url: string | null) => void): ReviewOptions {
  const silent = reviewOfSilentHost({ store, clock: systemClock });
  return {
    ...silent,
    source: {
      ...silent.source,
      hint: async (url) => {
        hint(url);
        return 0;
      },
    },
    sweepMs: 10,
    readMax: READ_MAX,
  };
}
