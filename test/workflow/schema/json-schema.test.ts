import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import {
  CODES,
  compileProject,
  fileKind,
  jsonSchemaOf,
  ownPaths,
  parseSchedule,
  settingsSchema,
  templateSchema,
  testFileSchema,
  workflowSchema,
  type FileKind,
  type Json,
} from "@headwater/workflow";
import { SCHEDULE_PATTERN } from "#workflow/schedule/schedule-pattern.js";
import type { Schema } from "#workflow/schema/schema.js";
import { parseYamlFile } from "#workflow/syntax/parse-yaml.js";
import { parseFixture, treeOfTexts } from "../findings-fixture.js";
import { isAt, isMisread, isRefused, pathTo, schemaPlaces } from "../schema-places.js";
import { createSchemaValidator } from "../schema-validation.js";

const ROOT = join(import.meta.dirname, "..", "..", "..", "..");

interface NamedFile {
  readonly path: string;
  readonly text: string;
  /** The project or the fixture that it is of. */
  readonly from: string;
}

/** Files that compile, by a path of their kind. */
function compilingFiles(): readonly NamedFile[] {
  const folders = [
    "workflows-example",
    "test/fixtures/language",
    "test/fixtures/maestro",
    "test/fixtures/projects/sound",
    "test/fixtures/projects/promises",
  ];
  const projects = folders.map((folder) => [folder, projectOn(join(ROOT, folder))] as const);
  return [...projects, ...findingsFixtures()].flatMap(([from, files]) => {
    const { diagnostics } = compileProject(treeOfTexts(files));
    const wrong = new Set(diagnostics.filter(({ severity }) => severity === "error").map(({ file }) => file));
    const own = new Set(ownPaths(Object.keys(files)));
    return Object.entries(files)
      .filter(([path]) => own.has(path) && fileKind(path) !== null && !wrong.has(path))
      .map(([path, text]) => ({ path, text, from }));
  });
}

function findingsFixtures(): readonly (readonly [name: string, files: Readonly<Record<string, string>>])[] {
  const folder = join(ROOT, "test/fixtures/findings");
  return readdirSync(folder).map(
    (name) => [name, filesOf(readFileSync(join(folder, name), "utf8"))] as const,
  );
}

/** Files in which reading by the schemas alone, before any check, finds something, with what it finds. */
function misreadFiles(): readonly (NamedFile & { readonly findings: readonly string[] })[] {
  return findingsFixtures().flatMap(([from, files]) =>
    Object.entries(files).flatMap(([path, text]) => {
      const findings = readingFindings(path, text);
      return findings.length === 0 ? [] : [{ path, text, from, findings }];
    }),
  );
}

const SCHEMAS: Readonly<Record<FileKind, Schema<unknown>>> = {
  settings: settingsSchema,
  workflow: workflowSchema,
  template: templateSchema,
  test: testFileSchema,
};

function readingFindings(path: string, text: string): readonly string[] {
  const kind = fileKind(path);
  const { root } = parseYamlFile(Buffer.from(text), () => undefined);
  if (kind === null || root === null) return [];
  const places: string[] = [];
  SCHEMAS[kind].read(root, ({ code, range }) => {
    // JSON Schema is given the value, from which the digits that were written are gone.
    if (CODES[code].severity === "error" && code !== "number-inexact") places.push(pathTo(root, range.start));
  });
  return places;
}

/** Values as people write them, of all kinds. */
const WRITTEN: readonly Json[] = [
  ..."0 1 -1 x X true 5m 0s 90s 25% 512Mi 1Ki 500m 2026-01-01 2026-01-01T00:00:00Z 09:30".split(" "),
  ..."https://a a.b a/b.sql ./a #a a@b.c string list<int>".split(" "),
  "",
  " ",
  "x y",
  "*/5 * * * *",
  "${{ params.x }}",
  "a${{ x }}",
  0,
  1,
  -1,
  90,
  1.5,
  5_000_000,
  true,
  false,
  null,
  [],
  ["x"],
  [1],
  {},
  { x: 1 },
  { x: "y" },
];

/** Where a check finds an expression that is empty only in a step, or a test, that is whole. */
const NEEDS_MORE = /\/(?:until|where)$/;

/** About the value at a place; not about what is missing beside it, or around it. */
function isOfValue(problem: string, pointer: string): boolean {
  return isAt(problem.split(" ")[0] ?? "", pointer) && !MISSING.test(problem);
}

const MISSING = /must have required|exactly one schema in oneOf|must have property/;

/** What an unknown key is refused at is the map that it is in. */
function isAbout(problem: string, place: string): boolean {
  const [at = ""] = problem.split(" ");
  const [, unknown = null] = /\{"additionalProperty":"([^"]+)"\}$/.exec(problem) ?? [];
  // Within what is unknown nothing more is refused.
  if (unknown !== null && place.startsWith(`${at}/${unknown}/`)) return true;
  return (
    [place, place.slice(0, Math.max(0, place.lastIndexOf("/")))].includes(at) || at.startsWith(`${place}/`)
  );
}

function projectOn(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => /\.(?:yaml|sql|ipynb)$/.test(name));
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

/** The files of a fixture of findings; what it repeats a thousand times is no matter here. */
function filesOf(fixture: string): Readonly<Record<string, string>> {
  const files = parseFixture(fixture).filter(
    ({ lines }) => !lines.some((line) => line.startsWith("%repeat")),
  );
  return Object.fromEntries(files.map(({ path, bytes }) => [path, bytes.toString()]));
}

/** Every block of YAML in the documents that is a whole file. */
function docsExamples(): readonly NamedFile[] {
  const names = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" });
  const documents = [
    "README.md",
    ...names.filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`),
  ];
  return documents.flatMap((from) => {
    const blocks = readFileSync(join(ROOT, from), "utf8").matchAll(/^```yaml\n([^]*?)^```$/gm);
    return Array.from(blocks, ([, text = ""]) => ({ from, text, path: pathFor(text) })).flatMap((example) =>
      example.path === null ? [] : [{ ...example, path: example.path }],
    );
  });
}

function pathFor(text: string): string | null {
  if (/^project:/m.test(text)) return "headwater.yaml";
  if (/^template:/m.test(text)) return "a.template.yaml";
  if (!/^workflow:/m.test(text)) return null;
  return /^tests:/m.test(text) ? "a.workflow.test.yaml" : "a.workflow.yaml";
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

  it("refuses whatever reading a file by the schemas finds, at its place", () => {
    const files = misreadFiles();
    assert.ok(files.length >= 10, `only ${files.length} files`);
    const missed = files.flatMap(({ path, text, from, findings }) => {
      const problems = problemsOf(path, text);
      return findings
        .filter((place) => !problems.some((problem) => isAbout(problem, place)))
        .map((place) => `${from}: ${path}${place}`);
    });
    assert.deepEqual(missed, []);
  });

  it("agrees with the compiler at every key, whatever stands there", () => {
    const places = schemaPlaces();
    assert.ok(places.length > 100, `only ${places.length} places`);
    const anything = fc.oneof(
      fc.constantFrom(...WRITTEN),
      fc.integer(),
      // Of a number of processors three digits behind the point count.
      fc.integer({ min: -1e6, max: 1e6 }).map((eighths) => eighths / 8),
      fc.string({ maxLength: 5 }),
    );
    const values: readonly Json[] = [...WRITTEN, ...fc.sample(anything, { numRuns: 12, seed: 17 })];
    const unlike = places.flatMap((place) =>
      values.flatMap((value) => {
        const text = place.textWith(value);
        const said = problemsOf(place.file, text).filter((problem) => isOfValue(problem, place.pointer));
        if (isMisread(place, text) === said.length > 0) return [];
        // Some of what the schema refuses a check finds.
        if (said.length > 0 && (NEEDS_MORE.test(place.pointer) || isRefused(place, text))) return [];
        return `${place.file}${place.pointer}: ${JSON.stringify(value)} ${said[0] ?? "is accepted"}`;
      }),
    );
    assert.deepEqual(unlike, []);
  });

  it("accepts every example of the documentation", () => {
    const examples = docsExamples();
    assert.ok(examples.length >= 15, `only ${examples.length} examples`);
    const refused = examples.flatMap(({ path, text, from }) =>
      problemsOf(path, text).map((problem) => `${from}: ${problem}`),
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

  it("accepts every cron that can be read, whatever it is made of", () => {
    const value = fc.oneof(
      fc.nat(70).map(String),
      fc.constantFrom("*", "?", "L", "jan", "SUN", "08", "15W", "LW", "L-3"),
    );
    const part = fc
      .tuple(value, fc.option(value), fc.option(fc.nat(70)), fc.option(fc.constantFrom("#2", "L", "#L")))
      .map(
        ([from, to, step, nth]) =>
          `${from}${to === null ? "" : `-${to}`}${nth ?? ""}${step === null ? "" : `/${step}`}`,
      );
    const field = fc.oneof(
      { weight: 3, arbitrary: fc.constant("*") },
      { weight: 2, arbitrary: part },
      {
        weight: 1,
        arbitrary: fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(",")),
      },
    );
    const cron = fc.array(field, { minLength: 5, maxLength: 6 }).map((fields) => fields.join(" "));
    let read = 0;
    fc.assert(
      fc.property(cron, (schedule) => {
        if (!parseSchedule(schedule, "UTC").ok) return;
        read += 1;
        assert.match(schedule, SCHEDULE_PATTERN);
      }),
      { numRuns: 5000 },
    );
    assert.ok(read > 100, `only ${read} were read`);
  });

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ["a.workflow.yaml", "workflow: a\nsteps: {}", /must NOT have fewer than 1 properties/],
    ["a.workflow.yaml", "workflow: true\nsteps: { s: { noop: } }", /\/workflow must be string/],
    ["a.workflow.yaml", "workflow: a\ntimeout: 0s\nsteps: { s: { noop: } }", /\/timeout must match pattern/],
    [
      "a.workflow.yaml",
      "workflow: a\ntimeout: 30m1h\nsteps: { s: { noop: } }",
      /\/timeout must match pattern/,
    ],
    [
      "a.workflow.yaml",
      "workflow: a\nsteps: { s: { sql: { connection: duckdb, query: '' } } }",
      /\/query must match pattern/,
    ],
    ["a.workflow.yaml", "workflow: a\nsteps: { s: { run: ' ' } }", /\/steps\/s\/run must match pattern/],
    ["a.workflow.yaml", "workflow: a\nsteps: { s: { sleep: soon } }", /\/sleep must match pattern/],
    ["a.workflow.yaml", "workflow: a\nsteps: { s: { http: { url: ftp://a } } }", /\/url must match pattern/],
    ["a.workflow.yaml", "workflow: a\nsteps: { s: { approval: { approvers: [] } } }", /fewer than 1 items/],
    [
      "a.workflow.yaml",
      "workflow: a\nsteps: { l: { foreach: { index: [1] }, steps: { s: { noop: } } } }",
      /property name must be valid/,
    ],
    [
      "a.workflow.yaml",
      "workflow: a\ntriggers: { schedule: evry 1m }\nsteps: { s: { noop: } }",
      /schedule must match/,
    ],
    [
      "a.workflow.yaml",
      "workflow: a\nparams: { p: { type: list<str> } }\nsteps: { s: { noop: } }",
      /type must match/,
    ],
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
    [
      "a.workflow.yaml",
      "workflow: a\ntriggers: { schedule: 0 25 * * * }\nsteps: { s: { noop: } }",
      /schedule must match/,
    ],
    [
      "a.workflow.yaml",
      "workflow: a\ntriggers: { schedule: 0 0 0 * * }\nsteps: { s: { noop: } }",
      /schedule must match/,
    ],
    [
      "a.workflow.yaml",
      "workflow: a\ntriggers: { signal: a.b, match: { n: { ge: 6 } } }\nsteps: { s: { noop: } }",
      /\/match\/n must NOT have additional properties/,
    ],
    [
      "a.workflow.yaml",
      "workflow: a\ntriggers: { signal: a.b, match: { n: { in: 6 } } }\nsteps: { s: { noop: } }",
      /\/match\/n\/in must be array/,
    ],
    [
      "a.workflow.yaml",
      "workflow: a\nrun_strategy: { rule: sequential, limit: 2 }\nsteps: { s: { noop: } }",
      /\/run_strategy\/rule must be equal to constant/,
    ],
    [
      "a.workflow.yaml",
      "workflow: a\nsteps: { s: { http: { url: https://a, poll: { until: 'true', every: 500ms } } } }",
      /\/every must match pattern/,
    ],
    [
      "a.workflow.yaml",
      "workflow: a\nsteps: { s: { run: x, image: 'x:${{ a }}' } }",
      /\/image must match pattern/,
    ],
    [
      "a.workflow.yaml",
      "workflow: a\ntriggers: { all: {} }\nsteps: { s: { noop: } }",
      /\/all must NOT have fewer/,
    ],
    ["headwater.yaml", "project: a\npolicies: { max_deleted_workflows: 101% }", /must match pattern/],
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
