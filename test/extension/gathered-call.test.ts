import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { GatheredCall } from "#extension/gathered-call.js";
import { ToldClock } from "./told-clock.js";

const DELAY_MS = 150;

describe("a call that gathers what happens", () => {
  /** Counts the calls, each of which ends at once, or when the test says so. */
  function setup({ endsAtOnce = true } = {}) {
    const clock = new ToldClock();
    const ends: (() => void)[] = [];
    let calls = 0;
    const gathered = new GatheredCall({
      clock,
      delayMs: DELAY_MS,
      call: () => {
        calls += 1;
        return endsAtOnce ? undefined : new Promise<void>((resolve) => ends.push(resolve));
      },
    });
    return {
      gathered,
      calls: () => calls,
      /** Lets time pass, and what that begins. */
      async pass(ms: number) {
        clock.pass(ms);
        await clock.wait();
      },
      async end() {
        ends.shift()?.();
        await clock.wait();
      },
    };
  }

  it("is made while things go on happening, not only when they pause", async () => {
    const { gathered, calls, pass } = setup();
    for (let event = 0; event < 20; event += 1) {
      gathered.soon();
      await pass(100);
    }
    assert.equal(calls(), 10);
  });

  it("is made once for all that happens within its time", async () => {
    const { gathered, calls, pass } = setup();
    for (let event = 0; event < 20; event += 1) gathered.soon();
    await pass(DELAY_MS - 1);
    assert.equal(calls(), 0);
    await pass(1);
    await pass(10 * DELAY_MS);
    assert.equal(calls(), 1);
  });

  it("is made once more for what happens while it is under way, and never overtakes itself", async () => {
    const { gathered, calls, pass, end } = setup({ endsAtOnce: false });
    gathered.soon();
    await pass(DELAY_MS);
    for (let event = 0; event < 5; event += 1) {
      gathered.soon();
      void gathered.now();
      await pass(DELAY_MS);
    }
    assert.equal(calls(), 1);
    await end();
    await pass(DELAY_MS);
    assert.equal(calls(), 2);
    await end();
    await pass(10 * DELAY_MS);
    assert.equal(calls(), 2);
  });

  it("is made at once when somebody waits for it, and not a second time", async () => {
    const { gathered, calls, pass } = setup();
    gathered.soon();
    await gathered.now();
    await pass(DELAY_MS);
    assert.equal(calls(), 1);
  });

  it("is not made any more once it is stopped", async () => {
    const { gathered, calls, pass } = setup();
    gathered.soon();
    gathered.stop();
    gathered.soon();
    await pass(DELAY_MS);
    assert.equal(calls(), 0);
  });
});
