import assert from "node:assert/strict";
import { STEP_STATUSES } from "@headwater/engine";
import { describe, it } from "mocha";
import { stepStatus } from "#api/runs.js";

describe("stepStatus", () => {
  it("has the statuses of the engine, of which the contract may borrow no code", () => {
    assert.deepEqual(stepStatus.options, [...STEP_STATUSES]);
  });
});
