import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Step } from "@headwater/api";
import { groupSteps } from "#extension/status/step-group.js";
import { stepOf } from "./some-step.js";

type Telling = Parameters<typeof groupSteps>[1];
const TELLING: Telling = { clockText: (at) => `<${at}>`, usualMs: null, hasMore: false };

function textOf(steps: readonly Partial<Step>[], telling: Partial<Telling> = {}): string | undefined {
  return groupSteps(
    steps.map((step) => stepOf(step)),
    { ...TELLING, ...telling },
  )?.text;
}

describe("the instances of a step, as one", () => {
  it("say of one how long it took and usually takes, of many how long all took and each usually takes", () => {
    assert.equal(textOf([{}], { usualMs: 1000 }), "succeeded in 2.0 s, usually 1.0 s");
    const many = [{}, { startedAt: 1000, endedAt: 5000 }];
    assert.equal(textOf(many, { usualMs: 1000 }), "2 succeeded, 5.0 s in all, usually 1.0 s each");
    assert.equal(textOf([{}, { status: "running", endedAt: null }]), "1 succeeded, 1 running");
    assert.equal(
      textOf([
        { status: "skipped", startedAt: null, endedAt: 7 },
        { status: "skipped", startedAt: null, endedAt: 7 },
      ]),
      "2 skipped",
    );
  });

  it("say that there are more of them where not all were asked for, and nothing of how long all took", () =>
    assert.equal(textOf([{}, { status: "failed" }], { hasMore: true }), "1 succeeded, 1 failed, and more"));

  it("look as what somebody has to look at first", () =>
    assert.equal(groupSteps([stepOf({}), stepOf({ status: "timed_out" })], TELLING)?.look, "failed"));
});
