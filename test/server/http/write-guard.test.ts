import assert from "node:assert/strict";
import { guardWrite } from "#server/http/write-guard.js";
import { ManualClock } from "../manual-clock.js";

const FULL = { status: "waiting", since: 0, reason: "the disk is full" } as const;

describe("guardWrite()", () => {
  it("begins nothing while the store waits, so that whoever tries again has it done once", async () => {
    let begun = 0;
    const work = (): Promise<void> => Promise.resolve(void (begun += 1));
    const options = { health: () => FULL, clock: new ManualClock(0), isSlow: false };
    await assert.rejects(guardWrite(work, options), {
      code: "store-waiting",
      message: "Cannot write now: the disk is full. Try again later",
    });
    assert.equal(begun, 0);
  });

  it("says of what was begun that it may be done later", async () => {
    const clock = new ManualClock(0);
    let health: typeof FULL | { readonly status: "ok" } = { status: "ok" };
    const answer = guardWrite(() => new Promise<never>(() => undefined), {
      health: () => health,
      clock,
      isSlow: false,
    });
    health = FULL;
    clock.advance(10_000);
    await assert.rejects(answer, {
      code: "store-waiting",
      message:
        "Cannot tell yet whether this is done: the disk is full. It may be done later, so look before you ask again",
    });
  });
});
