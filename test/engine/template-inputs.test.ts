import assert from "node:assert/strict";
import { compileProject } from "@headwater/workflow";
import { describe, it } from "mocha";
import { treeOfTexts } from "../workflow/findings-fixture.js";
import { World } from "./world.js";

const WRONG = 'Cannot prepare "s": input "d" of its template';

describe("the default of a template's input", () => {
  const CASES: readonly (readonly [string, string, string, string])[] = [
    ["uses an input above it", "int", "{ type: string, default: \"${{ string(inputs.n) + '!' }}\" }", "3!"],
    ["uses it within a text", "int", '{ type: string, default: "t_${{ inputs.n }}" }', "t_3"],
    ["uses it as of its type", "double", '{ type: double, default: "${{ inputs.n / 2.0 }}" }', "1.5"],
    ["uses the run", "int", '{ type: string, default: "${{ run.id }}-${{ inputs.n }}" }', "run-1-3"],
    [
      "is held to the options",
      "int",
      '{ type: string, options: [t_1, t_2], default: "t_${{ inputs.n }}" }',
      `${WRONG} must be one of "t_1", "t_2", is "t_3"`,
    ],
    [
      "is held to the limits",
      "int",
      '{ type: int, min: 10, default: "${{ inputs.n }}" }',
      `${WRONG} must be at least 10, is 3`,
    ],
    [
      "is held to the type",
      "int",
      '{ type: int, default: "${{ parse_json(json(run.id)) }}" }',
      `${WRONG} must be int, is "run-1"`,
    ],
  ];
  for (const [what, type, input, expected] of CASES)
    it(what, () => assert.equal(resultOf(`{ n: { type: ${type} }, d: ${input} }`, "{ n: 3 }"), expected));

  it("is used by the default below it, and gives way to what the step gives", () => {
    const inputs =
      '{ n: { type: int, default: "${{ 1 + 1 }}" }, d: { type: int, default: "${{ inputs.n * 2 }}" } }';
    assert.deepEqual(
      ["{}", "{ n: 5 }", "{ d: 7 }"].map((given) => resultOf(inputs, given)),
      ["4", "10", "7"],
    );
  });
});

/** What a script gets for the input `d`, or why its attempt cannot begin. */
function resultOf(inputs: string, given: string): unknown {
  const { workflows, diagnostics } = compileProject(
    treeOfTexts({
      "t.template.yaml": `template: t\ninputs: ${inputs}\nrun: 'true'\nenv: { N: "\${{ inputs.n }}", D: "\${{ inputs.d }}" }\n`,
      "a.workflow.yaml": `workflow: a\nsteps: { s: { use: t.template.yaml, with: ${given} } }\n`,
    }),
  );
  assert.deepEqual(diagnostics, []);
  const definition = workflows[0]?.definition;
  assert.ok(definition);
  const result = World.start(definition).request("s");
  if (!result.ok) return result.message;
  return result.request.kind === "run" ? result.request.env["D"] : result.request.kind;
}
