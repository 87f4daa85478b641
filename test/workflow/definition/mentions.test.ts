import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { canMeet, compileProject, mentionsOf, type Mention } from "@headwater/workflow";
import { treeOfTexts } from "../findings-fixture.js";

const FILES = {
  "a.workflow.yaml": `workflow: a
triggers:
  - signal: orders.loaded
    match: { table: orders, rows: { gt: 0 } }
  - all: { orders: { signal: orders.loaded }, rates: { signal: rates.loaded } }
  - workflow: b
steps:
  each:
    foreach: { n: [1] }
    steps:
      copy:
        wait_for: { signal: fx.loaded, match: { day: "\${{ run.trigger }}" } }
        noop: {}
        emit: { signal: copied, params: { table: copies, day: "\${{ run.trigger }}" } }
  call: { workflow: b, wait: false }
`,
  "b.workflow.yaml": "workflow: b\nsteps: { go: { noop: {} } }\n",
};

describe("mentionsOf()", () => {
  it("tells every place where a workflow names a signal or another workflow", () => {
    assert.deepEqual(
      mentions().map((mention) => [
        mention.role,
        "signal" in mention ? mention.signal : mention.workflow,
        "step" in mention ? mention.step : "",
      ]),
      [
        ["starts", "orders.loaded", ""],
        ["starts", "orders.loaded", ""],
        ["starts", "rates.loaded", ""],
        ["follows", "b", ""],
        ["waits", "fx.loaded", "each.copy"],
        ["emits", "copied", "each.copy"],
        ["calls", "b", "call"],
      ],
    );
  });
});

describe("canMeet()", () => {
  const literal = (value: string | number) => ({ kind: "literal", value }) as const;
  const computed = { kind: "expression", source: "run.trigger" } as const;
  for (const [name, params, expected] of [
    ["a value that the match asks for", { table: literal("orders"), rows: literal(3) }, true],
    ["another value", { table: literal("rates"), rows: literal(3) }, false],
    ["a value out of its range", { table: literal("orders"), rows: literal(0) }, false],
    ["a value that only a run knows", { table: computed, rows: computed }, true],
    ["no value", { table: literal("orders") }, false],
  ] as const) {
    it(`says of ${name} whether it may satisfy a match`, () => {
      const [hearing] = mentions();
      assert.ok(hearing?.role === "starts");
      assert.equal(canMeet(params, hearing.match), expected);
    });
  }
});

function mentions(): readonly Mention[] {
  const { workflows } = compileProject(treeOfTexts(FILES));
  const [a] = workflows.filter(({ id }) => id === "a");
  assert.ok(a !== undefined);
  return mentionsOf(a.definition);
}
