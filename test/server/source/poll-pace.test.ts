import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { pollPaceMs } from "#server/source/poll-pace.js";

describe("pollPaceMs()", () => {
  const hour = 60 * 60_000;
  const cases: readonly (readonly [repositories: number, quietForMs: number, paceMs: number])[] = [
    [1, 0, 5000],
    [20, 10 * hour, 5000],
    [1000, hour - 1, 5000],
    [1000, hour, 250_000],
    [40, hour, 10_000],
  ];
  for (const [repositories, quietForMs, paceMs] of cases) {
    it(`asks one of ${repositories} that is quiet for ${quietForMs} ms each ${paceMs} ms`, () =>
      assert.equal(pollPaceMs({ pollIntervalMs: 5000, repositories, quietForMs }), paceMs));
  }
});
