import assert from "node:assert/strict";
import { runTestCase } from "@headwater/engine";
import { compileOneWorkflow, compileProject } from "@headwater/workflow";
import { describe, it } from "mocha";
import { folderTree } from "../../workflow/folder-tree.js";

/** What the checker accepts runs: each workflow of a project in which nothing is found, with tests of what it becomes. */
const TREE = folderTree("test/fixtures/projects/promises");

describe("what compiles without a finding", () => {
  const { workflows, tests, diagnostics } = compileProject(TREE);

  it("is what it is, with everything that the tests need", () => {
    assert.deepEqual(diagnostics, []);
    assert.ok(tests.length >= 3);
  });

  for (const { workflow: id, tests: cases } of tests) {
    for (const test of cases) {
      it(`runs: ${id}, ${test.name}`, () => {
        const definitionOf = (other: string) => workflows.find((one) => one.id === other)?.definition ?? null;
        const definition = definitionOf(id);
        assert.ok(definition !== null);
        assert.deepEqual(runTestCase({ definition, workflows: definitionOf }, test).failures, []);
      });
    }
  }

  for (const workflow of workflows) {
    it(`is the same compiled alone: ${workflow.id}`, () => {
      assert.deepEqual(compileOneWorkflow(workflow.path, TREE).workflow, workflow);
    });
  }
});
