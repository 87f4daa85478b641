import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, it } from "mocha";
import { runTestCase } from "@headwater/engine";
import { compileProject, createCompileCache, type SourceTree } from "@headwater/workflow";

/** The example teaches, so nothing in it may be wrong, unused or untested. */

const root = join(import.meta.dirname, "..", "..", "..", "workflows-example");
const compiled = compileProject(folderTree(root));

describe("the example", () => {
  it("compiles without a finding", () => {
    assert.deepEqual(compiled.diagnostics, []);
    assert.deepEqual(
      compiled.workflows.map(({ id }) => id),
      ["airport-report", "flight-delays"],
    );
  });

  it("has hints only of outputs that are for people, and of the night when the clocks change", () => {
    const { diagnostics } = compileProject(folderTree(root), createCompileCache(), {
      hints: true,
      today: Date.UTC(2026, 0, 5),
    });
    const codes = new Set(diagnostics.map(({ code }) => code));
    assert.deepEqual([...codes].sort(), ["schedule-clock-change", "unused-output"]);
  });

  for (const { workflow: id, tests } of compiled.tests) {
    for (const test of tests) {
      it(`passes its own test of ${id}: ${test.name}`, () => {
        const workflow = compiled.workflows.find((candidate) => candidate.id === id);
        assert.ok(workflow);
        assert.deepEqual(runTestCase(workflow, test).failures, []);
      });
    }
  }

  it("runs no script that is not there", () => {
    const texts = compiled.workflows.map(({ path }) => readFileSync(join(root, path), "utf8"));
    const named = texts.flatMap((text) => text.match(/scripts\/[\w.-]+/g) ?? []);
    assert.equal(named.length, 4);
    assert.deepEqual(
      named.filter((path) => !existsSync(join(root, path))),
      [],
    );
  });

  it("has no link in its README that leads nowhere", () => {
    const links = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/\]\(([^)#:]+)\)/g)];
    const broken = links.map(([, path = ""]) => path).filter((path) => !existsSync(join(root, path)));
    assert.deepEqual(broken, []);
  });
});

function folderTree(folder: string): SourceTree {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
  const known = new Set(paths);
  return {
    paths,
    contentId: (path) => (known.has(path) ? path : undefined),
    read: (path) => (known.has(path) ? readFileSync(join(folder, path)) : undefined),
  };
}
