import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { compileProject } from "#workflow/project/compile-project.js";
import { treeOfTexts } from "../findings-fixture.js";

describe("permits", () => {
  it("of a loop are held by each job within, together with its own", () => {
    const { workflows } = compileProject(
      treeOfTexts({
        "headwater.yaml": "project: p\n",
        "a.workflow.yaml": `workflow: a
steps:
  load:
    foreach: { n: "\${{ range(0, 3) }}" }
    permits: [api]
    steps:
      copy: { run: 'true', permits: [db, api] }
      check: { noop: {} }
      nap: { sleep: 1m }
      inner:
        while: false
        permits: mail
        steps: { one: { run: 'true' } }
`,
      }),
    );
    const load = workflows[0]?.definition.steps[0];
    assert.ok(load?.kind === "foreach");
    const held = load.steps.map(({ id, permits }) => [id, permits]);
    assert.deepEqual(held, [
      ["copy", ["api", "db"]],
      ["check", ["api"]],
      ["nap", []],
      ["inner", ["api", "mail"]],
    ]);
    const inner = load.steps[3];
    assert.ok(inner?.kind === "while");
    assert.deepEqual(inner.steps[0]?.permits, ["api", "mail"]);
  });
});
