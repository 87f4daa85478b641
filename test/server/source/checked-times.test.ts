import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { CheckedTimes } from "#server/source/checked-times.js";
import { ManualClock } from "../manual-clock.js";

describe("when repositories were checked", () => {
  it("is written at once, then a minute later for all together, and what is left at the end", async () => {
    const { clock, times, written, told } = setup();
    times.note("one", 1);
    assert.deepEqual(written, [{ one: 1 }]);
    clock.advance(59_000);
    times.note("one", 2);
    times.note("two", 3);
    times.note("one", 4);
    assert.equal(written.length, 1);
    clock.advance(1000);
    assert.deepEqual(written[1], { one: 4, two: 3 });
    clock.advance(3_600_000);
    times.note("one", 5);
    times.note("two", 6);
    times.note("three", 7);
    times.forget("two");
    await times.stop();
    assert.deepEqual(written.slice(2), [{ one: 5 }, { three: 7 }]);
    assert.deepEqual(told, ["one", "one", "two", "one", "three"]);
    assert.equal(clock.pending, 0);
  });

  it("is a warning where it cannot be written, and is tried with what comes next", async () => {
    const { clock, times, warnings, written } = setup("the disk is full");
    times.note("one", 1);
    await times.stop();
    assert.equal(warnings.length, 1);
    clock.advance(60_000);
    times.note("one", 2);
    assert.equal(written.length, 2);
    await times.stop();
  });
});

function setup(problem: string | null = null): {
  readonly clock: ManualClock;
  readonly times: CheckedTimes;
  readonly written: object[];
  readonly told: string[];
  readonly warnings: string[];
} {
  const clock = new ManualClock(0);
  const written: object[] = [];
  const told: string[] = [];
  const warnings: string[] = [];
  const times = new CheckedTimes({
    clock,
    log: { info: () => undefined, warn: (message) => void warnings.push(message), error: () => undefined },
    feed: {
      publish: (changes) =>
        void told.push(...changes.map((change) => (change.kind === "repository" ? change.repositoryId : ""))),
    },
    store: {
      async saveCheckedTimes(checked) {
        written.push(Object.fromEntries(checked));
        if (problem !== null) throw new RangeError(problem);
      },
    },
  });
  return { clock, times, written, told, warnings };
}
