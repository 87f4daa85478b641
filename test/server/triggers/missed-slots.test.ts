import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ScheduleTrigger } from "@headwater/workflow";
import { dueSlots, MAX_SLOTS_AT_ONCE } from "#server/triggers/missed-slots.js";

const MINUTE = 60_000;

describe("dueSlots()", () => {
  it("fires the slot that has come and names the next", () => {
    assert.deepEqual(dueSlots(everyMinute("latest"), { from: 5 * MINUTE, upSince: 0, now: 5 * MINUTE }), {
      fire: [5 * MINUTE],
      dropped: 0,
      nextSlotAt: 6 * MINUTE,
    });
  });

  for (const [missed, fire, dropped] of [
    ["none", [4], 3],
    ["latest", [3, 4], 2],
    ["all", [1, 2, 3, 4], 0],
  ] as const) {
    it(`makes up for ${missed} of the slots missed while the service was down`, () => {
      const due = dueSlots(everyMinute(missed), { from: MINUTE, upSince: 3.5 * MINUTE, now: 4.2 * MINUTE });
      assert.deepEqual(due, { fire: fire.map((slot) => slot * MINUTE), dropped, nextSlotAt: 5 * MINUTE });
    });
  }

  it("drops the oldest of more slots than it fires at once, and counts them", () => {
    const now = (MAX_SLOTS_AT_ONCE + 200) * MINUTE;
    const due = dueSlots(everyMinute("all"), { from: MINUTE, upSince: now, now });
    assert.ok(due.fire.length <= MAX_SLOTS_AT_ONCE + 1);
    assert.equal(due.fire.length + due.dropped, MAX_SLOTS_AT_ONCE + 200);
    assert.equal(due.fire.at(-1), now);
  });

  it("ends a schedule whose last slot has fired", () => {
    const trigger = { ...everyMinute("latest"), endsAt: 5.5 * MINUTE };
    assert.equal(dueSlots(trigger, { from: 5 * MINUTE, upSince: 0, now: 5 * MINUTE }).nextSlotAt, null);
  });
});

function everyMinute(missed: ScheduleTrigger["missed"]): ScheduleTrigger {
  return {
    kind: "schedule",
    schedule: "* * * * *",
    timezone: "UTC",
    missed,
    gap: "auto",
    overlap: "auto",
    jitterMs: 0,
    startsAt: null,
    endsAt: null,
    params: {},
  };
}
