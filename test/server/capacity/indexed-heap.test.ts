import assert from "node:assert/strict";
import * as fc from "fast-check";
import { it } from "mocha";
import { IndexedHeap } from "#server/capacity/indexed-heap.js";

it("IndexedHeap has its first item first, whatever is added, moved and removed", () => {
  const acts = fc.array(fc.record({ name: fc.nat({ max: 15 }), rank: fc.option(fc.nat({ max: 50 })) }));
  fc.assert(
    fc.property(acts, (all) => {
      const ranks = new Map<number, number>();
      const heap = new IndexedHeap<number>((one, other) => (ranks.get(one) ?? 0) < (ranks.get(other) ?? 0));
      for (const { name, rank } of all) {
        if (rank === null) {
          heap.remove(name);
          ranks.delete(name);
        } else {
          ranks.set(name, rank);
          heap.set(name);
        }
        const least = Math.min(...ranks.values());
        assert.equal(heap.first === null ? Infinity : ranks.get(heap.first), least);
        assert.equal(heap.has(name), ranks.has(name));
      }
    }),
  );
});
