import assert from "node:assert/strict";
import { compileProject } from "@headwater/workflow";
import { treeOfTexts } from "../findings-fixture.js";

/** A workflow of so many steps that each use one file of SQL of so many bytes; and how often that file was read. */
function compileSteps(
  count: number,
  bytes: number,
): { readonly codes: readonly string[]; readonly definitionLength: number; readonly reads: number } {
  const steps = Array.from(
    { length: count },
    (_step, index) => `  s${index}: { sql: { connection: duckdb, file: large.sql } }\n`,
  );
  const files = new Map([
    ["a.workflow.yaml", Buffer.from(`workflow: a\nsteps:\n${steps.join("")}`)],
    ["large.sql", Buffer.alloc(bytes, "-")],
  ]);
  let reads = 0;
  const { diagnostics, workflows } = compileProject({
    paths: [...files.keys()],
    contentId: (path) => (files.has(path) ? path : undefined),
    read: (path) => {
      reads += path === "large.sql" ? 1 : 0;
      return files.get(path);
    },
  });
  const definitionLength = JSON.stringify(workflows[0]?.definition).length;
  return { codes: diagnostics.map(({ code }) => code), definitionLength, reads };
}

describe("checkTextSize()", () => {
  it("lets the files that steps use add up to 4 MiB", () => {
    const { codes, definitionLength } = compileSteps(16, 256 * 1024);
    assert.deepEqual(codes, []);
    assert.ok(definitionLength > 4 * 1024 * 1024);
  });

  it("refuses more, before any text is copied into the definition", () => {
    const { codes, definitionLength, reads } = compileSteps(1000, 256 * 1024);
    assert.deepEqual(codes, ["texts-too-large"]);
    assert.ok(definitionLength < 1024 * 1024, `${definitionLength} characters`);
    assert.equal(reads, 1);
  });

  it("leaves a file that is alone too large to its own finding", () => {
    const { codes, definitionLength } = compileSteps(1, 10 * 1024 * 1024);
    assert.deepEqual(codes, ["file-too-large"]);
    assert.ok(definitionLength < 1024);
  });

  it("copies no text either where there are too many steps", () => {
    const { codes, definitionLength } = compileSteps(1001, 256 * 1024);
    assert.deepEqual(codes, ["too-many-steps"]);
    assert.ok(definitionLength < 1024 * 1024, `${definitionLength} characters`);
  });

  it("counts what the defaults of a template's inputs make of each other, before any is put into another", () => {
    const inputs = Array.from({ length: 60 }, (_input, index) => {
      const before = `inputs.i${index - 1}`;
      const written = index === 0 ? "x" : `\${{ ${before} + ${before} }}`;
      return `  i${index}: { type: string, default: "${written}" }\n`;
    });
    const { diagnostics } = compileProject(
      treeOfTexts({
        "a.workflow.yaml": "workflow: a\nsteps: { a: { use: t.template.yaml } }\n",
        "t.template.yaml": `template: t\ninputs:\n${inputs.join("")}run: x\nenv: { X: "\${{ inputs.i59 }}" }\n`,
      }),
    );
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ["texts-too-large"],
    );
  });
});
