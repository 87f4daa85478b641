import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import type { RunLimit } from "#server/capacity/capacity.js";
import { capacityWorld } from "./capacity-world.js";

/** A run, two runs within it, and a run within one of those. */
const OUTER = { runId: "outer", limit: 3 };
const CHAINS: readonly (readonly RunLimit[])[] = [
  [],
  [OUTER],
  [OUTER, { runId: "left", limit: 2 }],
  [OUTER, { runId: "right", limit: 5 }],
  [OUTER, { runId: "left", limit: 2 }, { runId: "inmost", limit: 1 }],
];

describe("places of a run", () => {
  it("are counted with those of the runs within it", () => {
    const { request, began, release, capacity } = capacityWorld(8);
    const within = { places: [OUTER, { runId: "left", limit: 2 }] };
    for (const key of ["a", "b", "c"]) request(key, within);
    for (const key of ["d", "e"]) request(key, { places: [OUTER] });
    request("f");
    assert.deepEqual(began, ["a", "b", "d", "f"]);
    assert.deepEqual(capacity.wait("c")?.lacks, [{ kind: "places", runId: "left", held: 2, limit: 2 }]);
    assert.deepEqual(capacity.wait("e")?.lacks, [{ kind: "places", runId: "outer", held: 3, limit: 3 }]);
    release("a");
    assert.deepEqual(began.at(-1), "c");
    release("d");
    assert.deepEqual(began.at(-1), "e");
  });

  it("are free again when who waits for them, or for a slot with them, is canceled", () => {
    const { request, began, release } = capacityWorld(1);
    const places = [{ runId: "one", limit: 1 }];
    request("busy");
    for (const key of ["a", "b", "c"]) request(key, { places });
    release("b", "a", "busy");
    assert.deepEqual(began, ["busy", "c"]);
  });

  it("are never more than there are, and everybody gets some in the end", () => {
    const acts = fc.array(fc.record({ chain: fc.nat({ max: 4 }), pick: fc.nat(), ends: fc.boolean() }), {
      maxLength: 100,
    });
    fc.assert(
      fc.property(acts, (all) => {
        const { request, release, capacity } = capacityWorld(6);
        const holding = new Map<string, readonly RunLimit[]>();
        const waiting = new Set<string>();
        for (const [n, { chain, pick, ends }] of all.entries()) {
          const key = `ticket ${n}`;
          const places = CHAINS[chain] ?? [];
          waiting.add(key);
          request(key, { places, begin: () => void (waiting.delete(key), holding.set(key, places)) });
          if (ends) end(pick);
          for (const { runId, limit } of CHAINS.flat()) assert.ok(heldOf(runId) <= limit);
        }
        while (holding.size > 0) end(0);
        assert.deepEqual([...waiting], []);
        assert.equal(capacity.pools()[0]?.busy, 0);

        function end(pick: number): void {
          const key = [...holding.keys()][pick % Math.max(1, holding.size)] ?? "";
          holding.delete(key);
          release(key);
        }

        function heldOf(runId: string): number {
          return [...holding.values()].filter((places) => places.some((place) => place.runId === runId))
            .length;
        }
      }),
    );
  });
});
