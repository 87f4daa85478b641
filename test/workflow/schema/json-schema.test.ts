import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compileProject, fileKind, jsonSchemaOf } from "@headwater/workflow";
import { treeOfTexts } from "../findings-fixture.js";
import { createSchemaValidator } from "../schema-validation.js";

const ROOT = join(import.meta.dirname, "..", "..", "..", "..");

/** Files that compile, by a path of their kind. */
function compilingFiles(): readonly {
  readonly path: string;
  readonly text: string;
  readonly from: string;
}[] {
  const projects = ["workflows-example", "test/fixtures/language", "test/fixtures/projects/sound"].map(
    (folder) => [folder, projectOn(join(ROOT, folder))] as const,
  );
  const findings = readdirSync(join(ROOT, "test/fixtures/findings")).map(
    (name) => [name, filesOf(readFileSync(join(ROOT, "test/fixtures/findings", name), "utf8"))] as const,
  );
  return [...projects, ...findings].flatMap(([from, files]) => {
    const { diagnostics } = compileProject(treeOfTexts(files));
    const wrong = new Set(
      diagnostics
        .filter(({ severity, code }) => severity === "error" && code !== "not-yet-supported")
        .map(({ file }) => file),
    );
    return Object.entries(files)
      .filter(([path]) => fileKind(path) !== null && !wrong.has(path))
      .map(([path, text]) => ({ path, text, from }));
  });
}

function projectOn(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => /\.(?:yaml|sql|ipynb)$/.test(name));
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

/** The files of a fixture of findings, without its marks; what it repeats a thousand times is no matter here. */
function filesOf(fixture: string): Readonly<Record<string, string>> {
  const sections = fixture.split(/^--- /m).filter((section) => !section.includes("%repeat"));
  return Object.fromEntries(
    sections
      .slice(1)
      .map((section): [string, string] => [
        section.split(/[ \n]/)[0] ?? "",
        section.slice(section.indexOf("\n") + 1),
      ]),
  );
}

describe("jsonSchemaOf()", () => {
  const problemsOf = createSchemaValidator();

  it("accepts every file that compiles", () => {
    const files = compilingFiles();
    assert.ok(files.length >= 20, `only ${files.length} files`);
    const refused = files.flatMap(({ path, text, from }) =>
      problemsOf(path, text).map((problem) => `${from}: ${path}: ${problem}`),
    );
    assert.deepEqual(refused, []);
  });

  it("knows its dialect, and describes every key of a step", () => {
    const schema = JSON.stringify(jsonSchemaOf("workflow"));
    assert.match(schema, /^\{"\$schema":"https:\/\/json-schema.org\/draft\/2020-12\/schema"/);
    for (const key of ["max_iterations", "on_timeout", "lookback", "working_directory"])
      assert.match(schema, new RegExp(`"${key}":\\{"description":"[^"]{10,}`));
    assert.match(schema, /"max_iterations":\{[^}]*"default":1000/);
  });

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ["a.workflow.yaml", "steps: {}", /must have required property 'workflow'/],
    ["a.workflow.yaml", "workflow: A b\nsteps: {}", /must match pattern/],
    ["a.workflow.yaml", "workflow: a\nstep: {}\nsteps: {}", /must NOT have additional properties/],
    ["a.workflow.yaml", "workflow: a\nsteps: { s: {} }", /must match exactly one schema in oneOf/],
    [
      "a.workflow.yaml",
      "workflow: a\nsteps: { s: { run: a, noop: } }",
      /must match exactly one schema in oneOf/,
    ],
    [
      "a.workflow.yaml",
      "workflow: a\nsteps: { s: { noop: , shell: sh } }",
      /must have required property 'run'/,
    ],
    ["a.workflow.yaml", "workflow: a\nsteps: { s-t: { noop: } }", /must match pattern/],
    ["a.workflow.yaml", "workflow: a\nsteps: { s: { foreach: { x: [1] } } }", /must have property steps/],
    ["a.workflow.yaml", "workflow: a\nsteps: { s: { noop: , timeout: 90 } }", /must be string/],
    ["a.workflow.yaml", "workflow: a\nsteps: { s: { noop: , timeout: 90 seconds } }", /must match pattern/],
    ["a.workflow.yaml", "workflow: a\nsteps: { s: { noop: , retry: { errors: -1 } } }", /must be >= 0/],
    ["a.workflow.yaml", "workflow: a\nsteps: { s: { noop: , require: all } }", /must be equal to one of/],
    [
      "a.workflow.yaml",
      "workflow: a\nsteps: { s: { sql: { connection: c } } }",
      /must match exactly one schema/,
    ],
    [
      "a.workflow.yaml",
      "workflow: a\nsteps: { l: { while: 'true', steps: { s: { noop: , tmeout: 1s } } } }",
      /\/steps\/l\/steps\/s must NOT have additional properties/,
    ],
    ["a.workflow.yaml", "workflow: a\ntriggers: { schedule: '@daily', match: {} }\nsteps: {}", /'signal'/],
    ["a.workflow.yaml", "workflow: a\nparams: { p: { type: text } }\nsteps: {}", /must match pattern/],
    ["a.template.yaml", "template: a\nuse: b", /must NOT have additional properties/],
    ["a.template.yaml", "template: a", /must match exactly one schema in oneOf/],
    [
      "a.workflow.test.yaml",
      "workflow: a\ntests: { t: { expect: { run: done } } }",
      /must be equal to one of/,
    ],
    ["headwater.yaml", "project: a\npolicies: { max_deleted_workflows: 25 }", /must be string/],
    [
      "headwater.yaml",
      "project: a\nenvironments: { production: {} }",
      /must have required property 'branch'/,
    ],
  ];
  for (const [path, text, expected] of wrong) {
    it(`refuses ${JSON.stringify(text)} in ${path}`, () => {
      assert.match(problemsOf(path, text).join("\n"), expected);
    });
  }
});
