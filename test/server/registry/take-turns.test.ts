import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { takeTurns } from "#server/registry/take-turns.js";

describe("takeTurns()", () => {
  /** Steps of so many milliseconds each; what happened, in order. */
  async function carriedOut(...stepsMs: readonly number[]): Promise<readonly string[]> {
    const happened: string[] = [];
    let nowMs = 0;
    function* work(): Generator<undefined, string> {
      for (const ms of stepsMs) {
        nowMs += ms;
        happened.push(`${ms} ms`);
        yield;
      }
      return "all of it";
    }
    const others = (callback: () => void): void => {
      happened.push("others");
      nowMs += 50;
      callback();
    };
    happened.push(await takeTurns(work(), { steady: () => nowMs, afterTurn: others }));
    return happened;
  }

  it("lets others go on after each ten milliseconds, and not after each step", async () => {
    assert.deepEqual(await carriedOut(4, 4, 4, 30, 1), [
      "4 ms",
      "4 ms",
      "4 ms",
      "others",
      "30 ms",
      "others",
      "1 ms",
      "all of it",
    ]);
  });

  it("answers at once where there is little to do", async () => {
    assert.deepEqual(await carriedOut(), ["all of it"]);
  });

  it("passes on what the work throws", async () => {
    const work = {
      next(): IteratorResult<unknown, string> {
        throw new RangeError("broken");
      },
    };
    await assert.rejects(takeTurns(work, { steady: () => 0, afterTurn: (callback) => callback() }), {
      message: "broken",
    });
  });
});
