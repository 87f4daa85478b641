import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { compileProject, planChange, type CompiledProject, type Downstream } from "@headwater/workflow";
import { treeOfTexts } from "../findings-fixture.js";
import { planned, workflowText } from "./planned.js";

function emits(signal: string, params = "{ table: orders }"): string {
  return `workflow: root\nsteps: { a: { noop: {}, emit: [{ signal: ${signal}, params: ${params} }] } }\n`;
}

const HEARERS = {
  "hearer.workflow.yaml": workflowText("hearer", "triggers: [{ signal: loaded, match: { table: orders } }]"),
  "follower.workflow.yaml": workflowText("follower", "triggers: [{ workflow: hearer, on: failed }]"),
  "deaf.workflow.yaml": workflowText("deaf", "triggers: [{ signal: loaded, match: { table: rates } }]"),
  "elsewhere.workflow.yaml": workflowText("elsewhere", "triggers: [{ signal: other }]"),
};

describe("what is downstream", () => {
  it("is found through signals and the ends of runs, with the way there", () => {
    assert.deepEqual(downstream(emits("loaded"), `${emits("loaded")}timeout: 1h\n`), [
      { workflow: "hearer", change: "kept", path: [{ via: "signal", name: "loaded", to: "hearer" }] },
      {
        workflow: "follower",
        change: "kept",
        path: [
          { via: "signal", name: "loaded", to: "hearer" },
          { via: "workflow", name: "hearer", to: "follower" },
        ],
      },
    ]);
  });

  it("does not count a match that the emitted values can never satisfy, and counts one that they may", () => {
    const names = (params: string): readonly string[] =>
      downstream(emits("old"), emits("loaded", params)).map(({ workflow }) => workflow);
    assert.deepEqual(names("{ table: rates }"), ["deaf"]);
    assert.deepEqual(names("{}"), []);
    assert.deepEqual(names('{ table: "${{ run.trigger }}" }'), ["deaf", "hearer", "follower"]);
  });

  it("tells what a change gains and loses", () => {
    const found = downstream(emits("loaded"), emits("other"));
    assert.deepEqual(
      found.map(({ workflow, change }) => [workflow, change]),
      [
        ["elsewhere", "gained"],
        ["hearer", "lost"],
        ["follower", "lost"],
      ],
    );
  });

  it("ends where workflows start each other in a circle", () => {
    const circle = {
      "a.workflow.yaml": workflowText("a", "triggers: [{ workflow: b }]"),
      "b.workflow.yaml": workflowText("b", "triggers: [{ workflow: a }]"),
    };
    const plan = planned(circle, {
      ...circle,
      "a.workflow.yaml": workflowText("a", "timeout: 1h", "triggers: [{ workflow: b }]"),
    });
    assert.deepEqual(
      plan.workflows[0]?.downstream.map(({ workflow }) => workflow),
      ["b"],
    );
  });

  it("is bounded where one signal starts thousands", () => {
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [
        `w${index}.workflow.yaml`,
        workflowText(`w${index}`, "triggers: [{ signal: loaded }]"),
      ]),
    );
    const plan = planned(
      { ...many, "root.workflow.yaml": emits("old") },
      { ...many, "root.workflow.yaml": emits("loaded") },
    );
    assert.equal(plan.workflows[0]?.downstream.length, 200);
  });

  it("goes from a step to the workflow that it runs and back, whatever the kinds of steps there are", () => {
    // A definition of another edition of the language: the graph asks only for the form of what it meets.
    const before = compileProject(
      treeOfTexts({
        "caller.workflow.yaml": workflowText("caller"),
        "callee.workflow.yaml": workflowText("callee"),
      }),
    );
    const change = (id: string, edit: object): CompiledProject => ({
      ...before,
      workflows: before.workflows.map((workflow) => ({
        ...workflow,
        definition: {
          ...workflow.definition,
          steps:
            workflow.id === "caller"
              ? ([
                  {
                    id: "s",
                    kind: "workflow",
                    workflow: "callee",
                    needs: [],
                    waitFor: [{ signal: "ready", match: [] }],
                    emit: [],
                    permits: [],
                  },
                ] as never)
              : workflow.definition.steps,
        },
        ...(workflow.id === id ? edit : {}),
      })),
    });
    const whole = change("", {});
    for (const [id, via, other] of [
      ["caller", "subworkflow", "callee"],
      ["callee", "caller", "caller"],
    ] as const) {
      const plan = planChange(whole, change(id, { fingerprint: "other" }), { at: 0 });
      assert.deepEqual(plan.workflows[0]?.downstream, [
        { workflow: other, change: "kept", path: [{ via, name: "callee", to: other }] },
      ]);
    }
  });
});

function downstream(before: string, after: string): readonly Downstream[] {
  const plan = planned(
    { ...HEARERS, "root.workflow.yaml": before },
    { ...HEARERS, "root.workflow.yaml": after },
  );
  assert.equal(plan.findings.errors, 0);
  return plan.workflows[0]?.downstream ?? [];
}
