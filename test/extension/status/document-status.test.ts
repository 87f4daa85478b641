import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { groupOf, isOtherThan, type DocumentStatus } from "#extension/status/document-status.js";
import { stepOf } from "./some-step.js";

/** A text with this meaning, beside a newest run of the version "run" of what is deployed as "deployed". */
function beside(meaning: {
  readonly fingerprint: string | null;
  readonly isBroken: boolean;
}): DocumentStatus {
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  const workflow = { id: "orders", nameRange: range, steps: [], ...meaning };
  return {
    file: { project: "shop", path: "orders.workflow.yaml", workflow },
    status: {
      // Of the workflow itself nothing is looked at here.
      workflow: {} as never,
      runs: [],
      steps: new Map([["load", [stepOf({ path: "load" })]]]),
      hasMoreSteps: false,
      usual: new Map(),
      fingerprint: "deployed",
      runFingerprint: "run",
    },
  };
}

describe("how a text stands to what the service has", () => {
  const texts = {
    same: { fingerprint: "run", isBroken: false },
    changed: { fingerprint: "another", isBroken: false },
    broken: { fingerprint: null, isBroken: true },
    unchecked: { fingerprint: null, isBroken: false },
  };

  it("is another one also while it has errors; that nobody has checked it says nothing", () => {
    const others = Object.entries(texts).filter(([, text]) => isOtherThan(beside(text).file, "run"));
    assert.deepEqual(
      others.map(([name]) => name),
      ["changed", "broken"],
    );
  });

  it("is told at each step by the version of the run, not of what is deployed", () => {
    const told = Object.values(texts).map((text) => groupOf(beside(text), "load")?.text);
    const other = "succeeded in 2.0 s, of another version";
    assert.deepEqual(told, ["succeeded in 2.0 s", other, other, "succeeded in 2.0 s"]);
  });
});
