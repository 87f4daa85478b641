import assert from "node:assert/strict";
import * as fc from "fast-check";
import { compileProject } from "@headwater/workflow";
import { parse } from "yaml";
import { seededRandom } from "../../seeded-random.js";
import { treeOfTexts } from "../findings-fixture.js";
import { rewritten } from "../rewritten-yaml.js";

type Data = string | number | boolean | null | readonly Data[] | { readonly [key: string]: Data };

/** Every part of the language that is executed, once. */
const WORKFLOW = `
workflow: everything
description: All that means something
owner: team
labels: { tier: gold }
priority: high
run_strategy: { rule: parallel, limit: 3 }
expect: { complete_by: "08:00", within: 2h }
alerts: [{ on: [failed], slack: "#team" }]
triggers:
  - schedule: "0 6 * * 1-5"
    timezone: Europe/Berlin
    missed: all
    gap: skip
    overlap: twice
    jitter: 5m
    starts: 2026-01-01
    ends: 2027-01-01
    params: { mode: full }
  - signal: table.updated
    match: { table: orders, hour: { gte: 6 } }
    if: signal.rows > 0
    params: { day: "\${{ signal.day }}" }
  - { workflow: other, on: finished }
params:
  day: { type: date, default: 2026-01-01, description: Day to load }
  mode: { type: string, default: delta, options: [full, delta] }
  limit: { type: int, default: 100, min: 1, max: 1000 }
max_parallel_steps: 7
timeout: 6h
failure_mode: fail_immediately
steps:
  extract:
    name: Extract
    description: From the shop
    run: |
      set -e
      extract "$DAY"
    shell: bash
    working_directory: scripts
    env: { DAY: "\${{ params.day }}", KEY: "\${{ secrets.KEY }}", TEXT: "on \${{ params.day }}", LIMIT: 7, IS_FULL: true, HALF: "0.5" }
    outputs: { rows: int, files: "list<string>" }
    retry: { errors: 2, platform: 3, timeouts: 1, delay: 10s, backoff: fixed, max_delay: 5m }
    timeout: 30m
  load:
    needs: [extract]
    if: steps.extract.outputs.rows > 0
    foreach: { file: "\${{ steps.extract.outputs.files }}", part: [1, 2] }
    max_parallel: 5
    on_failure: stop_all
    steps:
      copy: { sql: { connection: duckdb, file: copy.sql, params: { file: "\${{ each.file }}" } } }
      check: { needs: [copy], use: audit.template.yaml, with: { table: orders } }
  count:
    needs: [load]
    sql: { connection: duckdb, query: select 1 as n }
    outputs: { n: int }
  tell:
    needs: [count]
    require: all_finished
    failure_mode: ignore_failure
    http:
      method: PUT
      url: https://example.com/hook
      headers: { X-Day: "\${{ params.day }}", X-Try: 3 }
      body: { n: "\${{ steps.count.outputs.n }}" }
      expect: [200, 204]
      poll: { until: response.status == 200, every: 20s }
    emit: [{ signal: table.counted, params: { day: "\${{ params.day }}" } }]
  rest: { needs: [tell], sleep: 10m }
  end: { needs: [rest], noop: {} }
`;
const TEMPLATE = `
template: audit
inputs: { table: { type: string }, least: { type: int, default: 1 } }
sql: { connection: duckdb, query: select 2, params: { table: "\${{ inputs.table }}", least: "\${{ inputs.least }}" } }
outputs: { ok: bool }
`;
const FILES: Readonly<Record<string, string>> = {
  "headwater.yaml": "project: p\n",
  "audit.template.yaml": TEMPLATE,
  "copy.sql": "select 3\n",
};

function fingerprint(workflow: string, files: Readonly<Record<string, string>> = {}): string {
  const { workflows } = compileProject(treeOfTexts({ ...FILES, ...files, "a.workflow.yaml": workflow }));
  return workflows[0]?.fingerprint ?? "";
}

const ORIGINAL = fingerprint(WORKFLOW);

describe("a fingerprint", () => {
  it("is of a workflow in which nothing is wrong", () => {
    const files = { ...FILES, "a.workflow.yaml": WORKFLOW };
    const errors = compileProject(treeOfTexts(files)).diagnostics.filter(
      ({ severity }) => severity === "error",
    );
    assert.deepEqual(
      errors.filter(({ code }) => code !== "unknown-workflow"),
      [],
    );
    assert.match(ORIGINAL, /^[0-9a-f]{64}$/);
  });

  it("stays with another order of keys, quoting, style, indentation, line ends, with comments, anchors and aliases", () => {
    const restyled = fc.integer().map((seed) => rewritten(WORKFLOW, seededRandom(seed)));
    const property = fc.property(restyled, (text) => {
      assert.equal(fingerprint(text), ORIGINAL);
    });
    fc.assert(property, { seed: 20261126, numRuns: 150 });
  });

  it("stays where a step says the pool and the folder that it has without saying so", () => {
    const text = "workflow: a\nsteps: { s: { run: 'true' } }\n";
    const said = text.replace("run:", "pool: default, working_directory: ., run:");
    assert.equal(fingerprint(said), fingerprint(text));
    const settings = { "headwater.yaml": "project: p\ndefaults: { pool: default }\n" };
    assert.equal(fingerprint(text, settings), fingerprint(text));
    const ofProject = { "headwater.yaml": "project: p\ndefaults: { pool: gpu }\n" };
    assert.notEqual(fingerprint(text, ofProject), fingerprint(text));
    assert.equal(fingerprint(said, ofProject), fingerprint(text));
  });

  it("stays when a template is written in another way", () => {
    const restyled = fc.integer().map((seed) => rewritten(TEMPLATE, seededRandom(seed)));
    const property = fc.property(restyled, (text) => {
      assert.equal(fingerprint(WORKFLOW, { "audit.template.yaml": text }), ORIGINAL);
    });
    fc.assert(property, { seed: 20261126, numRuns: 50 });
  });
});

/** What belongs to operation, or is for readers only. */
const NOT_MEANT =
  /^(description|owner|labels|priority|run_strategy|expect|alerts)\b|^steps\.\w+\.(name|description)$|^params\.\w+\.description$/;

describe("a change of the workflow", () => {
  const data = parse(WORKFLOW) as Data;
  const places = leavesOf(data);
  for (const place of places.filter((path) => NOT_MEANT.test(path.join(".")))) {
    it(`of ${place.join(".")} makes no new version`, () => {
      assert.equal(fingerprint(JSON.stringify(changedAt(data, place))), ORIGINAL);
    });
  }
  for (const place of places.filter((path) => !NOT_MEANT.test(path.join(".")))) {
    it(`of ${place.join(".")} makes a new version`, () => {
      assert.notEqual(fingerprint(JSON.stringify(changedAt(data, place))), ORIGINAL);
    });
  }
});

describe("a change of a file that the workflow uses", () => {
  it("makes a new version: of its SQL", () => {
    assert.notEqual(fingerprint(WORKFLOW, { "copy.sql": "select 4\n" }), ORIGINAL);
  });

  for (const place of leavesOf(parse(TEMPLATE) as Data)) {
    const what = place.join(".");
    const counts = what !== "template" && what !== "inputs.table.type" && what !== "inputs.least.type";
    it(`${counts ? "makes a new version" : "makes none"}: of ${what} of its template`, () => {
      const text = JSON.stringify(changedAt(parse(TEMPLATE) as Data, place));
      assert.equal(fingerprint(WORKFLOW, { "audit.template.yaml": text }) !== ORIGINAL, counts);
    });
  }
});

type Path = readonly (string | number)[];

/** The way to every value that is no list and no map. */
function leavesOf(data: Data, path: Path = []): readonly Path[] {
  if (typeof data !== "object" || data === null) return [path];
  return Object.entries(data).flatMap(([key, value]) =>
    leavesOf(value, [...path, Array.isArray(data) ? Number(key) : key]),
  );
}

/** Another value of the same kind that is right in its place as well. */
const OTHERS: Readonly<Record<string, Data>> = {
  "2h": "3h",
  "5m": "6m",
  "6h": "7h",
  "10s": "11s",
  "30m": "31m",
  "20s": "21s",
  "10m": "11m",
  all: "none",
  skip: "run_after",
  twice: "once",
  finished: "failed",
  high: "low",
  parallel: "first_only",
  "Europe/Berlin": "Europe/Paris",
  fixed: "exponential",
  stop_all: "stop_new",
  bash: "sh",
  PUT: "POST",
  fail_immediately: "fail_after_running",
  ignore_failure: "fail_run",
  all_finished: "any_failed",
  int: "double",
  date: "string",
  string: "json",
  bool: "json",
  "list<string>": "list<json>",
  "2026-01-01": "2026-01-02",
  "2027-01-01": "2027-01-02",
  full: "delta",
  delta: "full",
  "0 6 * * 1-5": "0 7 * * 1-5",
  "08:00": "09:00",
};

function changedAt(data: Data, [key, ...rest]: Path): Data {
  if (key === undefined) return otherThan(data);
  if (Array.isArray(data))
    return data.map((item: Data, index) => (index === key ? changedAt(item, rest) : item));
  const entries = Object.entries(data as Readonly<Record<string, Data>>);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, name === key ? changedAt(value, rest) : value]),
  );
}

function otherThan(value: Data): Data {
  if (typeof value === "number") return value + 1;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return OTHERS[text] ?? (text.startsWith("${{") ? "${{ run.id }}" : `${text}x`);
}
