import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { canonicalJson, fingerprintOf, type WorkflowDefinition } from "@headwater/workflow";

function definition(id: string): WorkflowDefinition {
  return {
    id,
    triggers: [],
    params: [],
    outputs: [],
    maxParallelSteps: null,
    timeoutMs: null,
    failureMode: "fail_after_running",
    steps: [],
  };
}

describe("fingerprintOf()", () => {
  it("is the SHA-256 of the canonical JSON of what is not empty, as the platform computes it, at every length around a block", () => {
    for (let length = 0; length <= 200; length += 1) {
      const made = definition("aé€😀".repeat(length).slice(0, length));
      const text = canonicalJson({ id: made.id, failureMode: made.failureMode, steps: [] }).replaceAll(
        /[\ud800-\udbff](?![\udc00-\udfff])/g,
        "\ufffd",
      );
      assert.equal(fingerprintOf(made), createHash("sha256").update(text).digest("hex"));
    }
  });
});

describe("canonicalJson()", () => {
  it("sorts keys, leaves out what is undefined, and keeps lists in order", () => {
    assert.equal(canonicalJson({ b: [2, 1], a: { d: undefined, c: "é" } }), '{"a":{"c":"é"},"b":[2,1]}');
  });
});
