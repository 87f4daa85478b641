import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { hearsSignal } from "@headwater/engine";
import type { SignalTrigger } from "@headwater/workflow";
import { evaluator } from "#test/engine/builder.js";

const TRIGGER: SignalTrigger = {
  kind: "signal",
  signal: "updated",
  match: [{ param: "table", operator: "eq", value: "orders" }],
  if: "signal.rows > 0",
  dedupe: null,
  params: {},
};

describe("hearsSignal()", () => {
  const ROWS = [
    ["what matches and holds", "updated", { table: "orders", rows: 5 }, true],
    ["what does not hold", "updated", { table: "orders", rows: 0 }, false],
    ["what does not match, whatever its `if`", "updated", { table: "users" }, false],
    ["a signal of another name", "deleted", { table: "orders", rows: 5 }, false],
  ] as const;
  for (const [what, signal, params, expected] of ROWS) {
    it(`answers ${expected} to ${what}`, () => {
      assert.deepEqual(hearsSignal(evaluator, TRIGGER, { id: 1, at: 1, signal, params }), {
        ok: true,
        value: expected,
      });
    });
  }

  it("says why an `if` cannot be evaluated", () => {
    const signal = { id: 1, at: 1, signal: "updated", params: { table: "orders" } };
    assert.equal(hearsSignal(evaluator, TRIGGER, signal).ok, false);
  });
});
