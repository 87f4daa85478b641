import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Loop } from "#server/loop.js";
import { ManualClock } from "#test/server/manual-clock.js";

const HOUR = 3_600_000;

describe("Loop", () => {
  it("runs a round when woken, and again when the round says one is due", async () => {
    const { loop, clock, rounds, settle } = setup([1000, null]);
    loop.wake();
    await settle();
    clock.advance(999);
    await settle();
    assert.equal(rounds.length, 1);
    clock.advance(1);
    await settle();
    assert.deepEqual(rounds, [0, 1000]);
  });

  it("runs its round soon after the machine has slept through the time that it was due", async () => {
    const { loop, clock, rounds, settle } = setup([6 * HOUR, null]);
    loop.wake();
    await settle();
    clock.jump(8 * HOUR);
    clock.advance(60_000);
    await settle();
    assert.equal(rounds.length, 2);
  });

  it("runs no round before the time when the clock is set back", async () => {
    const { loop, clock, rounds, settle } = setup([HOUR, null]);
    loop.wake();
    await settle();
    clock.jump(-HOUR);
    clock.advance(1.9 * HOUR);
    await settle();
    assert.equal(rounds.length, 1);
    clock.advance(0.1 * HOUR);
    await settle();
    assert.equal(rounds.length, 2);
  });

  it("runs one round more, not many, for all the wakes during a round", async () => {
    const { loop, rounds, settle } = setup([null, null, null]);
    for (let wake = 0; wake < 10; wake += 1) loop.wake();
    await settle();
    assert.equal(rounds.length, 2);
  });

  it("logs a round that fails and tries again", async () => {
    const { loop, clock, rounds, errors, settle } = setup(["fail", null]);
    loop.wake();
    await settle();
    assert.equal(errors.length, 1);
    clock.advance(1000);
    await settle();
    assert.equal(rounds.length, 2);
  });

  it("does nothing after stop(), which may be called twice", async () => {
    const { loop, clock, rounds, settle } = setup([10, null]);
    loop.wake();
    await settle();
    await loop.stop();
    await loop.stop();
    loop.wake();
    clock.advance(100);
    await settle();
    assert.equal(rounds.length, 1);
  });
});

type Answer = number | null | "fail";

function setup(answers: readonly Answer[]): {
  readonly loop: Loop;
  readonly clock: ManualClock;
  readonly rounds: number[];
  readonly errors: string[];
  readonly settle: () => Promise<void>;
} {
  const clock = new ManualClock(0);
  const rounds: number[] = [];
  const errors: string[] = [];
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (message: string) => void errors.push(message),
  };
  const round = async (): Promise<number | null> => {
    const answer = answers[rounds.push(clock.now()) - 1] ?? null;
    if (answer === "fail") throw new RoundFailed();
    return answer;
  };
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { loop: new Loop({ name: "test", clock, log, round }), clock, rounds, errors, settle };
}

class RoundFailed extends Error {}
