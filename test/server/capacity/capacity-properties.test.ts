import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import type { Ticket } from "#server/capacity/capacity.js";
import { capacityWorld, PRIORITIES } from "./capacity-world.js";

/** What a world is asked to do; a number picks one of those who hold or wait. */
type Act =
  | { readonly kind: "request"; readonly of: Needs }
  | { readonly kind: "end" | "leave"; readonly pick: number }
  | { readonly kind: "limit"; readonly permit: string; readonly limit: number }
  | { readonly kind: "pass"; readonly ms: number };

type Needs = Pick<Ticket, "owner" | "priority" | "pool" | "permits">;

const OWNERS = ["ann", "bob", "cleo"];
const PERMITS = ["api", "db", "mail"];
const POOLS = { default: 3, gpu: 1 };

const needs = fc.record({
  owner: fc.constantFrom(...OWNERS),
  priority: fc.constantFrom(...PRIORITIES),
  pool: fc.constantFrom(null, "default", "default", "gpu"),
  permits: fc.subarray(PERMITS),
});

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("request" as const), of: needs }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("end" as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("leave" as const), pick: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("limit" as const),
      permit: fc.constantFrom(...PERMITS),
      limit: fc.nat({ max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.nat({ max: 1000 }) }) },
);

describe("LocalCapacity, whatever happens", () => {
  it("never gives more than there is", () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 120 }), (acts) => {
        const world = playedWorld();
        for (const one of acts) {
          world.play(one);
          world.checkLimits(one);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("leaves nobody waiting for whom all is free, unless it is kept for one who has waited longer", () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 120 }), (acts) => {
        const world = playedWorld();
        for (const one of acts) {
          world.play(one);
          world.checkNoIdleness();
        }
      }),
      { numRuns: 300 },
    );
  });

  it("lets everybody begin in the end, when no limit is 0", () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 120 }), (acts) => {
        const world = playedWorld();
        for (const one of acts) world.play(one);
        for (const permit of PERMITS) world.play({ kind: "limit", permit, limit: 1 });
        world.endAll();
        assert.deepEqual([...world.waiting.keys()], []);
      }),
      { numRuns: 300 },
    );
  });

  it("starves nobody while others keep coming", () => {
    fc.assert(
      fc.property(fc.array(needs, { minLength: 1, maxLength: 8 }), fc.nat(), (rivals, seed) => {
        const world = playedWorld();
        for (const permit of PERMITS) world.play({ kind: "limit", permit, limit: 1 });
        for (const of of rivals) for (let n = 0; n < 3; n += 1) world.play({ kind: "request", of });
        const victim = { owner: "ann", priority: "low", pool: "default", permits: PERMITS } as const;
        world.play({ kind: "request", of: victim });
        const key = world.latest();
        let turns = 0;
        for (; world.waiting.has(key) && turns < 2000; turns += 1) {
          // One ends, and one like it comes: whoever waited as the victim came is not what it waits for.
          // Every third to end is the one that has held longest, so that each does end.
          const ended = world.play({ kind: "end", pick: turns % 3 === 0 ? 0 : seed + turns });
          if (ended !== null) world.play({ kind: "request", of: ended });
        }
        assert.ok(turns < 2000, `after ${turns} turns it still waits: ${JSON.stringify(rivals)}`);
      }),
      { numRuns: 100 },
    );
  });

  it("leaves no busy owner more than one slot short of an equal part, once all have had time to end", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 5 }),
        fc.nat({ max: 8 }),
        fc.array(fc.nat(), { minLength: 100, maxLength: 100 }),
        (owners, more, picks) => {
          const slots = owners + more;
          const { busyOwners, endOne } = crowdedWorld(slots, owners);
          // Whoever came first has everything until its attempts end.
          for (let turn = 0; turn < 50; turn += 1) endOne(0);
          for (const pick of picks) {
            endOne(pick);
            assert.ok(Math.min(...busyOwners()) >= Math.floor(slots / owners) - 1, String(busyOwners()));
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** Owners who want far more than there is, one after the other. */
function crowdedWorld(slots: number, owners: number) {
  const { request, began, release, capacity, clock } = capacityWorld(slots);
  for (let n = 0; n < 300 * owners; n += 1) {
    const owner = String(Math.floor(n / 300));
    request(`${owner} ${n}`, { owner });
  }
  const holding = new Set(began);
  return {
    busyOwners: () => capacity.pools()[0]?.owners.map(({ busy }) => busy) ?? [],
    endOne(pick: number): void {
      const ending = [...holding][pick % holding.size] ?? "";
      holding.delete(ending);
      clock.advance(1 + (pick % 50));
      release(ending);
      holding.add(began.at(-1) ?? "");
    },
  };
}

/** A world that knows by itself who holds and who waits. */
function playedWorld() {
  const world = capacityWorld(POOLS.default, { pools: { gpu: POOLS.gpu } });
  const waiting = new Map<string, Needs>();
  const holding = new Map<string, Needs>();
  const limits = new Map<string, number>();
  let count = 0;

  const limitOf = (permit: string): number => limits.get(permit) ?? 1;
  const heldOf = (permit: string): number =>
    [...holding.values()].filter(({ permits }) => permits.includes(permit)).length;
  const busyIn = (pool: string): number => [...holding.values()].filter((one) => one.pool === pool).length;
  const hasSlot = (pool: string | null): boolean =>
    pool === null || busyIn(pool) < (pool === "gpu" ? POOLS.gpu : POOLS.default);

  function request(of: Needs): void {
    const key = `ticket ${(count += 1)}`;
    waiting.set(key, of);
    world.request(key, {
      ...of,
      begin: () => {
        assert.ok(waiting.delete(key), "it began once");
        holding.set(key, of);
      },
    });
  }

  function drop(from: Map<string, Needs>, pick: number): Needs | null {
    const key = [...from.keys()][pick % Math.max(1, from.size)];
    const of = key === undefined ? undefined : from.get(key);
    if (key === undefined || of === undefined) return null;
    from.delete(key);
    world.release(key);
    return of;
  }

  function play(one: Act): Needs | null {
    switch (one.kind) {
      case "request":
        request(one.of);
        return null;
      case "end":
        return drop(holding, one.pick);
      case "leave":
        return drop(waiting, one.pick);
      case "limit":
        limits.set(one.permit, one.limit);
        world.capacity.limitPermit(one.permit, one.limit);
        return null;
      case "pass":
        world.clock.advance(one.ms);
        return null;
    }
  }

  return {
    waiting,
    play,
    latest: () => `ticket ${count}`,
    endAll(): void {
      for (let turn = 0; holding.size > 0; turn += 1) play({ kind: "end", pick: turn });
    },
    checkLimits(after: Act): void {
      assert.ok(busyIn("default") <= POOLS.default && busyIn("gpu") <= POOLS.gpu);
      // A limit that was just lowered may be below what is held.
      if (after.kind === "limit") return;
      const uses = world.capacity.permits();
      for (const { name, held } of uses) assert.equal(held, heldOf(name));
      if (after.kind === "request") {
        const begun = holding.get(`ticket ${count}`);
        for (const permit of begun?.permits ?? []) assert.ok(heldOf(permit) <= limitOf(permit));
      }
    },
    checkNoIdleness(): void {
      for (const [key, { pool, permits }] of waiting) {
        if (!hasSlot(pool) || permits.some((permit) => heldOf(permit) >= limitOf(permit))) continue;
        const lacks = world.capacity.wait(key)?.lacks ?? [];
        assert.ok(
          lacks.length > 0 && lacks.every((lack) => lack.kind === "permit" && lack.isKept),
          `${key} waits though all is free: ${JSON.stringify(lacks)}`,
        );
      }
    },
  };
}
