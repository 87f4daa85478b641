import assert from "node:assert/strict";
import { runTestCase } from "@headwater/engine";
import { compileProject } from "@headwater/workflow";
import { describe, it } from "mocha";
import { folderTree } from "../workflow/folder-tree.js";

const SHAPES = 10;

describe("the shapes of Maestro's samples", () => {
  const { workflows, tests, diagnostics } = compileProject(folderTree("test/fixtures/maestro"));

  it("compile without an error: the service executes all of them", () => {
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    assert.deepEqual(errors, []);
    assert.equal(new Set(tests.map(({ path }) => path.split("/")[0])).size, SHAPES);
  });

  for (const { workflow: id, tests: cases } of tests) {
    for (const test of cases) {
      it(`${id}: ${test.name}`, () => {
        const definitionOf = (other: string) => workflows.find((one) => one.id === other)?.definition ?? null;
        const definition = definitionOf(id);
        assert.ok(definition !== null);
        assert.deepEqual(runTestCase({ definition, workflows: definitionOf }, test).failures, []);
      });
    }
  }
});
