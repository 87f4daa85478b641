import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { systemIds } from "#server/ids.js";
import { Outbox, type OutboxOptions } from "#server/review/outbox.js";
import { HostFailure } from "#server/review/review-host.js";
import type { WantedCheck, WantedReaction } from "#server/review/wanted-object.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import { ManualClock } from "../manual-clock.js";
import { scratchFolder } from "../source/scratch-repository.js";
import { until } from "../../until.js";

describe("Outbox", () => {
  it("leaves alone what an earlier life may have sent, until that is there or has failed", async () => {
    const scratch = await scratchFolder();
    const clock = new ManualClock(1_800_000_000_000);
    const store = createSqliteStore({ dataFolder: join(scratch.folder, "data"), clock });
    await store.start();
    const written: { readonly mayExist: boolean; readonly at: number }[] = [];
    const killed = outboxOf(() => new Promise(() => undefined));
    const next = outboxOf(async (_, { mayExist }) => {
      written.push({ mayExist, at: clock.now() });
      return "1";
    });
    await killed.wish(WISH);
    await next.start();
    // Wished for again, at once: it waits all the same.
    await next.wish(WISH);
    const begun = clock.now();
    await until("it waits", () => clock.pending > 0);
    clock.advance(9999);
    assert.deepEqual(written, []);
    clock.advance(1);
    await until("it is written", () => written.length > 0);
    assert.deepEqual(written, [{ mayExist: true, at: begun + 10_000 }]);
    await next.stop();
    await store.stop();
    await scratch.remove();

    function outboxOf(answer: ConstructorParameters<typeof Outbox>[0]["host"]["write"]): Outbox {
      const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
      const host = { write: answer };
      return new Outbox({ store, host, hostName: "github", clock, ids: systemIds, log, writesPerMinute: 50 });
    }
  });

  it("looks for what a write has made that ended while the next wish was read", async () => {
    const scratch = await scratchFolder();
    const clock = new ManualClock(1_800_000_000_000);
    const store = createSqliteStore({ dataFolder: join(scratch.folder, "data"), clock });
    await store.start();
    const written: { readonly remoteId: string | null; readonly mayExist: boolean }[] = [];
    let answer = (): void => undefined;
    let isFulfilled = false;
    let reads = 0;
    const outbox = new Outbox({
      hostName: "github",
      store: {
        ...store,
        // The second wish is read before the first is fulfilled, and handed over after that.
        async wishHostObjects(...wishes) {
          const found = await store.wishHostObjects(...wishes);
          if ((reads += 1) !== 2) return found;
          answer();
          await until("the first is fulfilled", () => isFulfilled);
          return found;
        },
        async fulfilHostObject(done) {
          await store.fulfilHostObject(done);
          isFulfilled = true;
        },
      },
      host: {
        async write(_, { remoteId, mayExist }) {
          written.push({ remoteId, mayExist });
          if (written.length === 1) await new Promise<void>((resolve) => (answer = resolve));
          return "1";
        },
      },
      ids: systemIds,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      clock,
      writesPerMinute: 50,
      underWayMsMax: 0,
    });
    await outbox.start();
    await outbox.wish(WISH);
    await until("the first is being written", () => written.length === 1);
    await outbox.wish(WISH);
    await until("the second is written", () => written.length === 2);
    assert.deepEqual(written, [
      { remoteId: null, mayExist: false },
      { remoteId: null, mayExist: true },
    ]);
    await outbox.stop();
    await store.stop();
    await scratch.remove();
  });
});

describe("Outbox, of more than it reads at once", () => {
  it("writes all that an earlier life has left, once each", async () => {
    const { written, outboxOf, stop } = await startWriting({ readMax: 4 });
    const killed = outboxOf();
    await killed.stop();
    const keys = Array.from({ length: 11 }, (_, number) => `reaction ${number}`);
    await killed.wish(...keys.map((key) => ({ ...WISH, key })));
    const next = outboxOf();
    await next.start();
    await until("all are written", () => written.length >= keys.length);
    await next.stop();
    assert.equal(written.length, keys.length);
    await stop();
  });
});

describe("Outbox, of what a host refuses", () => {
  it("gives up all but checks, which it tries for three days, and at once when somebody hopes", async () => {
    const scratch = await scratchFolder();
    const clock = new ManualClock(1_800_000_000_000);
    const store = createSqliteStore({ dataFolder: join(scratch.folder, "data"), clock });
    await store.start();
    const tried: string[] = [];
    const logged: string[] = [];
    const keep = (message: string): void => void logged.push(message);
    const outbox = new Outbox({
      store,
      hostName: "github",
      host: {
        async write({ kind }) {
          tried.push(kind);
          throw new HostFailure("refused", "no");
        },
      },
      clock,
      ids: systemIds,
      log: { info: keep, warn: keep, error: keep },
      writesPerMinute: 50,
      underWayMsMax: 0,
    });
    const checks = (): number => tried.filter((kind) => kind === "check").length;
    const settles = async (count: number): Promise<void> => {
      await until("it is tried", () => checks() === count);
      await until("how that went is kept", () => logged.length === tried.length);
    };
    await outbox.wish({ ...WISH, rank: 0 });
    await until("it is given up", () => logged.includes("Gives up a write to a host"));
    await outbox.wish({ ...WISH, key: "check 1", wanted: CHECK });
    await settles(1);
    for (let count = 2; count <= 12; count += 1) {
      await until("it waits", () => clock.pending > 0);
      clock.advance(10 * 60_000);
      await settles(count);
    }
    await until("it waits", () => clock.pending > 0);
    // The next one is in half an hour at the earliest.
    clock.advance(20 * 60_000);
    assert.equal(checks(), 12);
    outbox.hurry();
    await settles(13);
    assert.deepEqual(tried.filter((kind) => kind !== "check").length, 1);
    await outbox.stop();
    await store.stop();
    await scratch.remove();
  });
});

describe("Outbox, of a host that takes so many writes", () => {
  it("leaves the last fifth of an hour to checks, and knows after a restart how many there were", async () => {
    const { clock, store, written, outboxOf, stop } = await startWriting({ writesPerHour: 10 });
    const first = outboxOf();
    await first.start();
    for (let index = 0; index < 9; index += 1) await first.wish({ ...WISH, key: `reaction ${index}` });
    await until("those are written that are not for checks", () => written.length === 8);
    await until("the next one waits", () => clock.pending > 0);
    for (const key of ["check 1", "check 2"]) await first.wish({ ...WISH, rank: 1, key, wanted: CHECK });
    await until("checks are written all the same", () => written.length === 10);
    await until("how many there were is kept", async () => {
      const [budget] = await store.listWriteBudgets("github");
      return budget?.spent.reduce((sum, [, writes]) => sum + writes, 0) === 10;
    });
    await first.wish({ ...WISH, rank: 1, key: "check 3", wanted: CHECK });
    await first.stop();
    const next = outboxOf();
    await next.start();
    await until("it waits", () => clock.pending > 0);
    clock.advance(59 * 60_000);
    await until("it waits still", () => clock.pending > 0);
    assert.deepEqual(written.filter((kind) => kind === "begun").length, 2);
    clock.advance(2 * 60_000);
    await until("all is written", () => written.length === 12);
    assert.deepEqual(written.slice(10), ["begun", "reaction"]);
    await next.stop();
    await stop();
  });

  it("ends 25 checks within a minute of 50, whatever else there is to write: that they are begun is not said of all", async () => {
    const { clock, written, outboxOf, stop } = await startWriting({});
    const outbox = outboxOf();
    const numbers = Array.from({ length: 25 }, (_, number) => number);
    const count = (what: string): number => written.filter((one) => one === what).length;
    await outbox.start();
    for (const number of numbers)
      await outbox.wish({ key: `check ${number}`, account: "5", rank: 1, wanted: CHECK, isUnfinished: true });
    await until("some have begun, the others wait", () => written.length === 15 && clock.pending > 0);
    for (const number of numbers)
      await outbox.wish(
        { key: `check ${number}`, account: "5", rank: 1, wanted: ENDED },
        { ...WISH, key: `reaction ${number}`, rank: 3 },
      );
    await until("all have ended, in no time", () => count("ended") === 25);
    assert.ok(written.length <= 50);
    await until("the rest waits", () => clock.pending > 0);
    for (let seconds = 0; written.length < 65; seconds += 1) {
      assert.ok(seconds < 180, `${written.length} writes`);
      clock.advance(1000);
      await until("it writes, or waits", () => clock.pending > 0 || written.length === 65);
    }
    assert.deepEqual([count("begun"), count("ended"), count("reaction")], [15, 25, 25]);
    await outbox.stop();
    await stop();
  });
});

/** A host that takes all, and what it was told: of a check whether it had ended. */
async function startWriting(limits: Pick<OutboxOptions, "writesPerHour" | "readMax">) {
  const scratch = await scratchFolder();
  const clock = new ManualClock(1_800_000_000_000);
  const store = createSqliteStore({ dataFolder: join(scratch.folder, "data"), clock });
  await store.start();
  const written: string[] = [];
  const host: OutboxOptions["host"] = {
    async write(wanted, { permit }) {
      await permit();
      written.push(wanted.kind !== "check" ? wanted.kind : wanted.result === null ? "begun" : "ended");
      return "1";
    },
  };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const options = { store, hostName: "github", host, clock, ids: systemIds, log, ...limits };
  return {
    clock,
    store,
    written,
    outboxOf: () => new Outbox({ ...options, writesPerMinute: 50, underWayMsMax: 0 }),
    async stop() {
      await store.stop();
      await scratch.remove();
    },
  };
}

const WANTED: WantedReaction = {
  kind: "reaction",
  place: {
    account: "5",
    repositoryId: "11",
    owner: "acme",
    name: "flows",
    cloneUrl: "https://git.example/f.git",
  },
  number: 1,
  commentId: "7",
  reaction: "eyes",
};

const CHECK: WantedCheck = {
  kind: "check",
  subject: {
    place: WANTED.place,
    head: "a".repeat(40),
    ref: "refs/pull/1/head",
    base: "main",
    number: 1,
  },
  reviewId: "review_1",
  result: null,
};

const ENDED: WantedCheck = {
  ...CHECK,
  result: { conclusion: "success", title: "no workflow changes", summary: "", findings: [] },
};

const WISH = { key: "reaction 7", account: "5", rank: 2, wanted: WANTED };
