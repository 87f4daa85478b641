import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { describeWait } from "#server/capacity/describe-wait.js";
import { BACKFILL_START_EVERY } from "#server/capacity/pool.js";
import { AGED_START_EVERY } from "#server/capacity/share.js";
import { capacityWorld } from "./capacity-world.js";

describe("LocalCapacity: slots", () => {
  it("lets at most as many begin as there are slots", () => {
    const { request, began, release } = capacityWorld(2);
    for (const key of ["a", "b", "c", "d"]) request(key);
    assert.deepEqual(began, ["a", "b"]);
    release("a");
    assert.deepEqual(began, ["a", "b", "c"]);
  });

  it("forgets who leaves the queue, and gives nothing back twice", () => {
    const { request, began, release } = capacityWorld(1);
    for (const key of ["a", "b", "c"]) request(key);
    release("b", "a", "a");
    assert.deepEqual(began, ["a", "c"]);
  });

  it("counts the slots of each pool apart", () => {
    const { request, began, release, capacity } = capacityWorld(1, { pools: { gpu: 1 } });
    request("a");
    request("b", { pool: "gpu" });
    request("c", { pool: "gpu" });
    request("d");
    assert.deepEqual(began, ["a", "b"]);
    release("b");
    assert.deepEqual(began, ["a", "b", "c"]);
    assert.deepEqual(
      capacity.pools().map(({ name, slots, busy, waiting }) => [name, slots, busy, waiting]),
      [
        ["default", 1, 1, 1],
        ["gpu", 1, 1, 0],
      ],
    );
  });

  it("lets those wait whose pool is not there, and says so", () => {
    const { request, began, capacity } = capacityWorld(1);
    request("a", { pool: "gpu" });
    assert.deepEqual(began, []);
    assert.deepEqual(capacity.wait("a")?.lacks, [{ kind: "pool", pool: "gpu" }]);
  });
});

describe("LocalCapacity: backfills", () => {
  const backfill = { owner: "backfills of ann", isBackfill: true };

  it("hold half of the slots at most, also while nobody else wants any, and say so", () => {
    const { request, began, capacity } = capacityWorld(4);
    for (const key of ["b1", "b2", "b3"]) request(key, backfill);
    request("day");
    assert.deepEqual(began, ["b1", "b2", "day"]);
    assert.equal(
      describeWait(capacity.wait("b3")!),
      "waits for one of the 2 slots of the pool default that backfills may use; 0 ahead; backfills of ann uses 50% of the slots, its share is 50%",
    );
  });

  it("hold the one slot of a pool that has one", () => {
    const { request, began } = capacityWorld(1);
    request("b1", backfill);
    assert.deepEqual(began, ["b1"]);
  });

  it("come after all others, whoever owns them, but do not stand still", () => {
    const { request, began, release } = capacityWorld(2);
    request("day 0");
    request("day 1", { owner: "bob" });
    for (const key of ["b1", "b2"]) request(key, backfill);
    for (let day = 2; day < 20; day += 1) request(`day ${day}`, { owner: day % 2 === 0 ? "ann" : "bob" });
    for (let index = 0; index < 19; index += 1) release(began[index]!);
    const places = ["b1", "b2"].map((key) => began.indexOf(key));
    // While the first holds the one slot that backfills may have, the second is not passed over.
    assert.deepEqual(places, [2 + BACKFILL_START_EVERY - 1, 2 + 2 * BACKFILL_START_EVERY]);
  });
});

describe("LocalCapacity: priority", () => {
  it("prefers the higher priority, then the one who came first", () => {
    const { request, began, release } = capacityWorld(1);
    request("running");
    request("normal 1");
    request("normal 2");
    request("critical", { priority: "critical" });
    release("running", "critical", "normal 1");
    assert.deepEqual(began, ["running", "critical", "normal 1", "normal 2"]);
  });

  it("lets the oldest go first at every fourth start that priority would pass it over", () => {
    const { request, began, release } = capacityWorld(1);
    request("running");
    request("low", { priority: "low" });
    for (const n of [1, 2, 3, 4, 5]) request(`high ${n}`, { priority: "high" });
    release("running", "high 1", "high 2", "high 3", "low");
    assert.deepEqual(began.slice(1, 1 + AGED_START_EVERY), ["high 1", "high 2", "high 3", "low"]);
  });

  it("does not let one owner's priority reach into another's share", () => {
    const { request, began, release } = capacityWorld(1);
    request("ann 1");
    request("bob", { owner: "bob", priority: "low" });
    request("ann 2", { priority: "critical" });
    release("ann 1");
    assert.deepEqual(began, ["ann 1", "bob"]);
  });
});

describe("LocalCapacity: shares", () => {
  it("gives a newcomer the next slot that comes free, whatever the other has queued", () => {
    const { request, began, release } = capacityWorld(4);
    for (let n = 0; n < 1000; n += 1) request(`ann ${n}`);
    request("bob", { owner: "bob" });
    release("ann 2");
    assert.equal(began.at(-1), "bob");
  });

  it("lets one owner have everything while the others want nothing", () => {
    const { request, began } = capacityWorld(4);
    for (let n = 0; n < 4; n += 1) request(`ann ${n}`);
    assert.equal(began.length, 4);
  });

  it("counts the time that slots are used, not how often: long jobs get no more than short ones", () => {
    const { request, began, release, clock } = capacityWorld(1);
    for (let n = 0; n < 100; n += 1) {
      request(`ann ${n}`);
      request(`bob ${n}`, { owner: "bob" });
    }
    const used = { ann: 0, bob: 0 };
    for (let turn = 0; turn < 60; turn += 1) {
      const key = began.at(-1) ?? "";
      const owner = key.startsWith("ann") ? "ann" : "bob";
      const tookMs = owner === "ann" ? 90 : 10;
      clock.advance(tookMs);
      used[owner] += tookMs;
      release(key);
    }
    assert.ok(Math.abs(used.ann - used.bob) <= 90, JSON.stringify(used));
  });

  it("lets nobody save up by asking for nothing", () => {
    const { request, began, release, clock } = capacityWorld(1);
    request("ann 0");
    for (let n = 1; n < 10; n += 1) request(`ann ${n}`);
    for (let n = 0; n < 5; n += 1) {
      clock.advance(1000);
      release(`ann ${n}`);
    }
    for (let n = 0; n < 5; n += 1) request(`bob ${n}`, { owner: "bob" });
    for (let turn = 0; turn < 4; turn += 1) {
      clock.advance(1000);
      release(began.at(-1) ?? "");
    }
    assert.deepEqual(began.slice(6), ["bob 0", "ann 6", "bob 1", "ann 7"]);
  });
});

describe("LocalCapacity: permits", () => {
  it("gives all of a ticket's permits at once, or none", () => {
    const { request, began, release } = capacityWorld(8, { permits: { api: 1, db: 1 } });
    request("api", { permits: ["api"] });
    request("both", { permits: ["api", "db"] });
    request("db", { permits: ["db"] });
    assert.deepEqual(began, ["api", "db"], "who waits for both holds neither");
    release("api");
    assert.deepEqual(began, ["api", "db"]);
    release("db");
    assert.deepEqual(began, ["api", "db", "both"]);
  });

  it("takes a new limit at once: more may begin, or none until enough has come back", () => {
    const { request, began, release, capacity } = capacityWorld(8, { permits: { api: 1 } });
    for (const key of ["a", "b", "c", "d"]) request(key, { permits: ["api"] });
    capacity.limitPermit("api", 3);
    assert.deepEqual(began, ["a", "b", "c"]);
    capacity.limitPermit("api", 1);
    assert.deepEqual(capacity.permits(), [{ name: "api", limit: 1, isSet: true, held: 3, waiting: 1 }]);
    release("a", "b");
    assert.deepEqual(began, ["a", "b", "c"]);
    release("c");
    assert.deepEqual(began, ["a", "b", "c", "d"]);
  });

  it("allows one of a permit whose limit nobody has set, and none of one whose limit is 0", () => {
    const { request, began, capacity } = capacityWorld(8, { permits: { closed: 0 } });
    for (const key of ["a", "b"]) request(key, { permits: ["unset"] });
    request("c", { permits: ["closed"] });
    assert.deepEqual(began, ["a"]);
    capacity.limitPermit("closed", null);
    assert.deepEqual(began, ["a", "c"]);
  });

  it("holds permits also for what takes no slot", () => {
    const { request, began, capacity } = capacityWorld(1, { permits: { api: 1 } });
    for (const key of ["a", "b"]) request(key, { pool: null, permits: ["api"] });
    assert.deepEqual(began, ["a"]);
    assert.equal(capacity.pools()[0]?.busy, 0);
  });

  it("keeps permits for one that needs several and is passed over again and again", () => {
    const { request, began, release } = capacityWorld(8, { permits: { api: 1, db: 1 } });
    request("api 0", { permits: ["api"] });
    request("db 0", { permits: ["db"] });
    request("both", { permits: ["api", "db"] });
    let turns = 0;
    // The two are never free together: one of each is always there to take what comes back.
    for (; turns < 100 && !began.includes("both"); turns += 1) {
      request(`api ${turns + 1}`, { permits: ["api"] });
      request(`db ${turns + 1}`, { permits: ["db"] });
      release(`api ${turns}`);
      if (!began.includes("both")) release(`db ${turns}`);
    }
    assert.ok(turns < 20, `it began after ${turns} turns`);
  });

  it("keeps nothing for one that cannot have all it needs", () => {
    const { request, began, release, capacity } = capacityWorld(8, { permits: { api: 1, db: 1 } });
    request("api 0", { permits: ["api"] });
    request("both", { permits: ["api", "db"] });
    capacity.limitPermit("db", 0);
    for (let turn = 0; turn < 50; turn += 1) {
      request(`api ${turn + 1}`, { permits: ["api"] });
      release(`api ${turn}`);
    }
    assert.equal(began.at(-1), "api 50");
  });
});

describe("LocalCapacity: why somebody waits", () => {
  it("says what is not free, how many are ahead, and how the owner stands", () => {
    const { request, capacity } = capacityWorld(4, { permits: { api: 2 } });
    request("bob 1", { owner: "bob" });
    for (const n of [1, 2, 3]) request(`ann ${n}`, { permits: n < 3 ? ["api"] : [] });
    for (const n of [4, 5]) request(`ann ${n}`);
    request("ann 6", { permits: ["api"] });
    const words = (key: string): string => describeWait(capacity.wait(key)!);
    assert.equal(
      words("ann 5"),
      "waits for one of 4 slots of the pool default; 1 ahead; ann uses 75% of the slots, its share is 50%",
    );
    assert.match(words("ann 6"), /^waits for one of 2 permits of api and one of 4 slots .*; 0 ahead;/);
    assert.equal(capacity.wait("ann 1"), null);
    assert.equal(capacity.wait("unknown"), null);
  });

  it("tells who begins what it lacked last: a slot, a permit, a place of its run, or nothing", () => {
    const { request, lacked, release } = capacityWorld(2, { permits: { api: 1 } });
    request("one", { permits: ["api"] });
    request("behind it", { permits: ["api"] });
    request("last", { permits: ["api"] });
    request("beside");
    request("after a slot");
    release("beside");
    request("slot, then permit", { permits: ["api"] });
    release("after a slot", "one", "behind it", "last");
    assert.deepEqual(Object.fromEntries(lacked), {
      one: null,
      "behind it": "permit",
      last: "permit",
      beside: null,
      "after a slot": "slot",
      "slot, then permit": "permit",
    });
    const alone = capacityWorld(2);
    const places = [{ runId: "run", limit: 1 }];
    alone.request("first", { places });
    alone.request("second", { places });
    alone.release("first");
    assert.equal(alone.lacked.get("second"), "place");
  });

  it("counts those of a higher priority as ahead, and those behind as not", () => {
    const { request, capacity } = capacityWorld(1);
    for (const key of ["running", "a", "b", "c"]) request(key);
    request("high", { priority: "high" });
    request("low", { priority: "low" });
    const ahead = (key: string) => capacity.wait(key)?.ahead;
    assert.deepEqual(["high", "a", "b", "c", "low"].map(ahead), [0, 1, 2, 3, 4]);
    capacity.release("a");
    assert.deepEqual(["b", "c"].map(ahead), [1, 2]);
  });

  it("hints at a limit that nobody has set, at one that is 0, and at a permit that is kept", () => {
    const wait = { ahead: 0, owner: "ann", share: null };
    const permit = { kind: "permit", permit: "api", held: 1, isSet: true, isKept: false } as const;
    const words = (lack: object): string =>
      describeWait({ ...wait, lacks: [{ ...permit, limit: 1, ...lack }] }).split("; ")[0] ?? "";
    assert.match(words({ isSet: false }), /nobody has set its limit: headwater permits set api COUNT/);
    assert.match(words({ limit: 0 }), /its limit allows none/);
    assert.match(words({ isKept: true, limit: 3 }), /one of 3 permits of api, which is kept/);
  });
});
