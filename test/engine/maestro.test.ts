import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { runTestCase } from "@headwater/engine";
import { compileProject } from "@headwater/workflow";
import type { SourceTree } from "@headwater/workflow";
import { describe, it } from "mocha";

const FOLDER = join(import.meta.dirname, "..", "..", "fixtures", "maestro");
const SHAPES = 10;

describe("the shapes of Maestro's samples", () => {
  const { workflows, tests, diagnostics } = compileProject(treeOf(FOLDER));

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

function treeOf(folder: string): SourceTree {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
  const read = (path: string): Uint8Array | undefined =>
    paths.includes(path) ? readFileSync(join(folder, path)) : undefined;
  return { paths, read, contentId: (path) => (paths.includes(path) ? path : undefined) };
}
