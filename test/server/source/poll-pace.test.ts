import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { pollPaceMs } from "#server/source/poll-pace.js";

describe("pollPaceMs()", () => {
  const minute = 60_000;
  const hour = 60 * minute;
  const cases: readonly (readonly [repositories: number, quietForMs: number, paceMs: number])[] = [
    [1, 0, 5000],
    [20, Infinity, 5000],
    [1000, 0, 5000],
    [1000, minute, 5000],
    [1000, 10 * minute, 50_000],
    [1000, hour, 250_000],
    [1000, Infinity, 250_000],
    [40, hour, 10_000],
  ];
  for (const [repositories, quietForMs, paceMs] of cases) {
    it(`asks one of ${repositories} that is quiet for ${quietForMs} ms each ${paceMs} ms`, () =>
      assert.equal(pollPaceMs({ pollIntervalMs: 5000, repositories, quietForMs }), paceMs));
  }
});
