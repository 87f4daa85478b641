import assert from "node:assert/strict";
import { compileProject, completeDefinition, completeProperties } from "@headwater/workflow";
import type { StepDefinition, WorkflowDefinition } from "@headwater/workflow";
import { treeOfTexts } from "../findings-fixture.js";

/** Each kind of step and trigger with the least that it may have: whatever else its definition holds is a default. */
const PLAIN = `workflow: plain
triggers:
  - schedule: "0 6 * * *"
  - signal: orders.loaded
  - all: { orders: { signal: orders.loaded }, rates: { signal: rates.loaded } }
  - workflow: other
steps:
  run: { run: "true" }
  sql: { sql: { connection: duckdb, query: select 1 } }
  http: { http: { url: "http://localhost" } }
  notebook: { notebook: report.ipynb }
  foreach: { foreach: { n: [1] }, steps: { inner: { noop: } } }
  while: { while: loop.n < 1, vars: { n: 1 }, steps: { inner: { noop: } } }
  workflow: { workflow: other, wait: false }
  approval: { approval: { approvers: [ann] } }
  sleep: { sleep: 1m }
  noop: { noop: }
`;
const FILES = {
  "plain.workflow.yaml": PLAIN,
  "other.workflow.yaml": "workflow: other\nsteps: { a: { noop: } }\n",
};

describe("completeDefinition()", () => {
  const plain = compileProject(treeOfTexts(FILES)).workflows.find(({ id }) => id === "plain");
  assert.ok(plain !== undefined);
  const { definition, properties } = plain;

  it("gives each step and trigger what it had before what is empty was lost", () => {
    const bare = {
      ...withoutEmpty(definition),
      triggers: definition.triggers.map(withoutEmpty),
      steps: definition.steps.map(bareStep),
    };
    assert.deepEqual(completeDefinition(bare as unknown as WorkflowDefinition), definition);
  });

  it("gives the properties what an earlier build did not know", () => {
    assert.deepEqual(completeProperties({ ...properties, ...withoutEmpty(properties) }), properties);
    const { steps: _, ...earlier } = properties;
    assert.deepEqual(completeProperties(earlier as typeof properties), properties);
  });

  it("changes nothing that is there", () => {
    assert.deepEqual(completeDefinition(definition), definition);
  });
});

function bareStep(step: StepDefinition): object {
  return "steps" in step ? { ...withoutEmpty(step), steps: step.steps.map(bareStep) } : withoutEmpty(step);
}

/** By the rule of fingerprints: null, false, and what has no entries. */
function withoutEmpty(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields as Readonly<Record<string, unknown>>).filter(
      ([, value]) =>
        value !== null && value !== false && (typeof value !== "object" || Object.keys(value).length > 0),
    ),
  );
}
