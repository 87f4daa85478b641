import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { SteadyClock } from "#server/runs/steady-clock.js";
import { TimerQueue } from "#server/runs/timer-queue.js";
import { ManualClock } from "../manual-clock.js";

const HOUR = 3_600_000;

describe("SteadyClock", () => {
  it("goes on evenly while the wall is set back, follows it when it is set ahead, and is put right with it", () => {
    const wall = new ManualClock(1_000_000);
    const steady = new SteadyClock(wall);
    const readings: number[] = [];
    const read = (): void => void readings.push(steady.now() - 1_000_000);
    read();
    wall.advance(1000);
    read();
    wall.jump(-HOUR);
    read();
    wall.advance(1000);
    read();
    wall.jump(HOUR);
    wall.advance(1000);
    read();
    assert.equal(steady.now(), wall.now());
    wall.jump(2 * HOUR);
    read();
    assert.deepEqual(readings, [0, 1000, 1000, 2000, 3000, 3000 + 2 * HOUR]);
  });

  it("goes with the wall that is slowly put right", () => {
    const wall = new ManualClock(0);
    const steady = new SteadyClock(wall);
    for (let look = 0; look < 100; look += 1) {
      wall.advance(60_000);
      wall.jump(-1000);
      steady.now();
    }
    assert.equal(steady.now(), wall.now());
  });

  it("lets timers ring after the time that they were set for, though the wall is set back meanwhile", () => {
    const wall = new ManualClock(0);
    const steady = new SteadyClock(wall);
    const timers = new TimerQueue(steady);
    const rung: string[] = [];
    timers.set("hour", steady.now() + HOUR, () => rung.push("hour"));
    wall.advance(HOUR / 2);
    wall.jump(-HOUR);
    wall.advance(HOUR / 2 - 1);
    assert.deepEqual(rung, []);
    wall.advance(1);
    assert.deepEqual(rung, ["hour"]);
  });
});
