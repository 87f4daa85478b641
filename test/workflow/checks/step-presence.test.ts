import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { compileProject } from "@headwater/workflow";
import { treeOfTexts } from "../findings-fixture.js";

const STEPS = 1000;

describe("whether an output is there", () => {
  for (const require of ["all_succeeded", "any_succeeded"]) {
    it(`is told along a chain of ${STEPS} steps, however it is ordered, where each requires ${require}`, () => {
      assert.deepEqual(findings(chain(require)), []);
      assert.deepEqual(findings(chain(require).toReversed()), []);
    });
  }

  it("is told where one step on the way may be skipped", () => {
    const steps = chain("any_succeeded");
    steps[500] = "s500: { needs: [s499], require: all_finished, run: x }";
    assert.equal(findings(steps).length, STEPS - 501);
  });

  it("is not told of steps that need each other in a circle, which are told as that", () => {
    const circle = [
      "a: { needs: [b], run: x, outputs: { n: int } }",
      'b: { needs: [a], run: x, env: { N: "${{ steps.a.outputs.n }}" } }',
    ];
    assert.ok(findings(circle).includes("needs-cycle"));
  });
});

/** Each needs the one before and uses what the first gives. */
function chain(require: string): string[] {
  const rest = Array.from(
    { length: STEPS - 1 },
    (_, index) =>
      `s${index + 1}: { needs: [s${index}], require: ${require}, run: x, env: { N: "\${{ steps.s0.outputs.n }}" } }`,
  );
  return ["s0: { run: x, outputs: { n: int } }", ...rest];
}

function findings(steps: readonly string[]): readonly string[] {
  const text = `workflow: a\nsteps:\n${steps.map((step) => `  ${step}\n`).join("")}`;
  return compileProject(treeOfTexts({ "a.workflow.yaml": text })).diagnostics.map(({ code }) => code);
}
