import assert from "node:assert/strict";
import type { Step } from "@headwater/api";
import { describe, it } from "mocha";
import { placeSteps } from "#cli/step-order.js";

function step(path: string, position: number): Step {
  return {
    position,
    path,
    kind: "noop",
    status: "succeeded",
    attempt: 1,
    queuedAt: null,
    startedAt: null,
    endedAt: null,
    reason: null,
    outputs: null,
    iterations: null,
    labels: {},
    jobs: null,
    startedRun: null,
    runAttempt: 1,
    actions: [],
  };
}

function placed(...paths: readonly string[]): readonly string[] {
  return placeSteps(paths.map(step)).map(({ step: { path }, depth }) => `${"- ".repeat(depth)}${path}`);
}

describe("placeSteps()", () => {
  it("puts iterations under their loop, by number, however they came", () => {
    assert.deepEqual(
      placed("a", "fan", "z", "fan[10].one", "fan[2].in", "fan[2].one", "fan[2].in[0].deep", "fan[9].one"),
      [
        "a",
        "fan",
        "- fan[2].in",
        "- - fan[2].in[0].deep",
        "- fan[2].one",
        "- fan[9].one",
        "- fan[10].one",
        "z",
      ],
    );
  });

  it("leaves steps whose loop is not shown where they came", () => {
    assert.deepEqual(placed("fan[1].one", "b", "fan[0].one"), ["fan[1].one", "b", "fan[0].one"]);
  });
});
