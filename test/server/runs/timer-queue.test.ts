import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { TimerQueue } from "#server/runs/timer-queue.js";
import { ManualClock } from "#test/server/manual-clock.js";

describe("TimerQueue", () => {
  it("rings in order of due time, whatever the order of setting", () => {
    const { clock, queue, rung } = setup();
    for (const at of [50, 10, 40, 20, 30]) queue.set(`t${at}`, at, () => rung.push(at));
    clock.advance(100);
    assert.deepEqual(rung, [10, 20, 30, 40, 50]);
  });

  it("holds one timer of the process, that of the earliest", () => {
    const { clock, queue } = setup();
    for (let at = 1000; at > 0; at -= 1) queue.set(`t${at}`, at, () => undefined);
    assert.equal(clock.pending, 1);
  });

  it("forgets what was cleared and what was set again", () => {
    const { clock, queue, rung } = setup();
    queue.set("a", 10, () => rung.push(1));
    queue.set("b", 20, () => rung.push(2));
    queue.set("b", 30, () => rung.push(3));
    queue.clear("a");
    clock.advance(25);
    assert.deepEqual(rung, []);
    clock.advance(5);
    assert.deepEqual(rung, [3]);
  });

  it("rings soon after the machine has slept through what was due", () => {
    const { clock, queue, rung } = setup();
    queue.set("retry", 3_600_000, () => rung.push(1));
    clock.jump(7_200_000);
    clock.advance(60_000);
    assert.deepEqual(rung, [1]);
    assert.equal(clock.pending, 0);
  });

  it("rings what is long due at once and nothing after stop()", () => {
    const { clock, queue, rung } = setup();
    clock.advance(1000);
    queue.set("late", 10, () => rung.push(1));
    clock.advance(0);
    assert.deepEqual(rung, [1]);
    queue.set("never", 2000, () => rung.push(2));
    queue.stop();
    clock.advance(5000);
    assert.deepEqual(rung, [1]);
  });
});

function setup(): { readonly clock: ManualClock; readonly queue: TimerQueue; readonly rung: number[] } {
  const clock = new ManualClock(0);
  return { clock, queue: new TimerQueue(clock), rung: [] };
}
