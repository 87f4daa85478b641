import assert from "node:assert/strict";
import {
  compileProject,
  createCompileCache,
  type StepDefinition,
  type WorkflowDefinition,
} from "@headwater/workflow";
import { treeOfTexts } from "../findings-fixture.js";

const CHILD = `workflow: child
params: { day: { type: date }, limit: { type: int, default: 10 } }
outputs: { total: { type: int, value: "\${{ steps.count.outputs.rows }}", description: All rows } }
steps: { count: { run: count, env: { OF: "\${{ [params.day, string(params.limit)] }}" }, outputs: { rows: int } } }
`;

/** Only what has no effect may be reported. */
function compile(files: Readonly<Record<string, string>>): WorkflowDefinition {
  const { diagnostics, workflows } = compileProject(treeOfTexts(files));
  const others = diagnostics.filter(({ code, severity }) => severity !== "info" && !NO_EFFECT.has(code));
  assert.deepEqual(others, []);
  const found = workflows.find(({ id }) => id === "a");
  assert.ok(found !== undefined);
  return found.definition;
}

const NO_EFFECT: ReadonlySet<string> = new Set(["key-without-effect"]);

function step(text: string, files: Readonly<Record<string, string>> = {}): StepDefinition {
  const [first] = compile({ "a.workflow.yaml": `workflow: a\nsteps:\n  s:\n${text}`, ...files }).steps;
  assert.ok(first !== undefined);
  return first;
}

describe("compileSteps()", () => {
  it("gives a while the types of its variables, from literals and expressions, and null where nothing is next", () => {
    const compiled = step(`    while: loop.page < 5 && loop.done != true
    vars: { page: 1, share: 0.5, names: [a, b], from: "\${{ run.started_at }}", done: false, any: null }
    next: { page: "\${{ loop.page + 1 }}", done: "\${{ steps.get.outputs.done }}" }
    max_iterations: 20
    steps: { get: { run: 'true', env: { PAGE: "\${{ loop.page }}" }, outputs: { done: bool } } }`);
    assert.ok(compiled.kind === "while");
    assert.deepEqual(
      compiled.vars.map(({ name, type, next }) => [name, type, next !== null]),
      [
        ["page", { name: "int" }, true],
        ["share", { name: "double" }, false],
        ["names", { name: "list", of: { name: "string" } }, false],
        ["from", { name: "timestamp" }, false],
        ["done", { name: "bool" }, true],
        ["any", { name: "json" }, false],
      ],
    );
    assert.deepEqual(
      [compiled.while, compiled.maxIterations, compiled.steps.length],
      ["loop.page < 5 && loop.done != true", 20, 1],
    );
  });

  it("gives a step that runs another workflow the outputs of that one, and its id when it is not waited for", () => {
    const files = { "child.workflow.yaml": CHILD };
    const waits = step(`    workflow: child\n    with: { day: "2026-01-01" }`, files);
    assert.ok(waits.kind === "workflow");
    assert.deepEqual(
      [waits.workflow, waits.wait, waits.outputs, waits.with],
      ["child", true, { total: { name: "int" } }, { day: { kind: "literal", value: "2026-01-01" } }],
    );
    const goesOn = step(`    workflow: child\n    with: { day: "2026-01-01" }\n    wait: false`, files);
    assert.ok(goesOn.kind === "workflow");
    assert.deepEqual([goesOn.wait, goesOn.outputs], [false, { run_id: { name: "string" } }]);
  });

  it("gives an approval its two outputs, and fails it when nobody answers unless told otherwise", () => {
    const compiled = step(
      `    approval: { approvers: [ann, bob], prompt: "Publish \${{ run.id }}?", timeout: 1d }`,
    );
    assert.ok(compiled.kind === "approval");
    assert.deepEqual(
      [compiled.approvers, compiled.timeoutMs, compiled.onTimeout, compiled.outputs],
      [["ann", "bob"], 86_400_000, "fail", { approved_by: { name: "string" }, comment: { name: "string" } }],
    );
    assert.deepEqual(compiled.prompt, { kind: "text", parts: ["Publish ", { source: "run.id" }, "?"] });
  });

  it("keeps of a notebook where it is and what is in it", () => {
    const text = `    notebook: { file: ./n.ipynb, params: { day: "\${{ run.id }}" } }\n    image: jupyter`;
    const one = step(text, { "n.ipynb": "1" });
    const two = step(text, { "n.ipynb": "2" });
    assert.ok(one.kind === "notebook" && two.kind === "notebook");
    assert.deepEqual([one.file, one.image, one.fileHash?.length], ["n.ipynb", "jupyter", 64]);
    assert.notEqual(one.fileHash, two.fileHash);
  });

  it("reads where a script runs and with what", () => {
    const compiled = step(`    run: 'true'
    image: python:3.12
    pool: big
    resources: { cpu: 500m, memory: 1.5Gi, gpu: 1 }`);
    assert.ok(compiled.kind === "run");
    assert.deepEqual(
      [compiled.image, compiled.pool, compiled.resources],
      ["python:3.12", "big", { cpu: 0.5, memoryBytes: 1_610_612_736, gpu: 1 }],
    );
  });

  it("reads gates, permits and a cache of any kind of step", () => {
    const compiled = step(`    noop:
    permits: [b, a, b]
    wait_for: { signal: s, match: { table: t, day: "\${{ run.id }}", hour: { gte: 6 } }, lookback: 2d }
    cache: { key: "k-\${{ run.id }}", ttl: 1h }`);
    assert.deepEqual(compiled.permits, ["a", "b"]);
    assert.deepEqual(compiled.waitFor, [
      {
        signal: "s",
        match: [
          { param: "table", operator: "eq", value: { kind: "literal", value: "t" } },
          { param: "day", operator: "eq", value: { kind: "expression", source: "run.id" } },
          { param: "hour", operator: "gte", value: { kind: "literal", value: 6 } },
        ],
        lookbackMs: 172_800_000,
        timeoutMs: null,
      },
    ]);
    assert.deepEqual(compiled.cache, {
      key: { kind: "text", parts: ["k-", { source: "run.id" }] },
      ttlMs: 3_600_000,
    });
  });
});

describe("compileDefinition()", () => {
  it("reads joined signals and what makes two of them the same", () => {
    const { triggers } = compile({
      "a.workflow.yaml": `workflow: a
triggers:
  - all:
      orders: { signal: s, match: { table: orders } }
      rates: { signal: s, match: { table: rates } }
    join: [date]
    within: 6h
    if: signals.orders.rows > 0
    dedupe: "\${{ signals.orders.date }}"
    params: { day: "\${{ signals.rates.date }}" }
  - signal: s
    dedupe: "\${{ signal.date }}"
params: { day: { type: date, default: 2026-01-01 } }
steps:
  s:
    noop:
    if: signals.orders.date == params.day
    emit: { signal: s, params: { table: "\${{ run.id }}", date: "\${{ params.day }}", rows: 1 } }
`,
    });
    const [all, signal] = triggers;
    assert.ok(all?.kind === "all" && signal?.kind === "signal");
    assert.deepEqual(
      [all.signals.map(({ name }) => name), all.join, all.withinMs, all.if, all.dedupe],
      [
        ["orders", "rates"],
        ["date"],
        21_600_000,
        "signals.orders.rows > 0",
        { kind: "expression", source: "signals.orders.date" },
      ],
    );
    assert.deepEqual(signal.dedupe, { kind: "expression", source: "signal.date" });
  });

  it("keeps names, descriptions, labels and priorities of steps apart from what a step means", () => {
    const text = (properties: string): string =>
      `workflow: a\nsteps: { l: { foreach: { x: [1] }, steps: { s: { noop: ${properties} } } } }`;
    const plain = compileProject(treeOfTexts({ "a.workflow.yaml": text("") })).workflows[0];
    const named = compileProject(
      treeOfTexts({ "a.workflow.yaml": text(", name: Stop, labels: { a: b }, priority: high") }),
    ).workflows[0];
    assert.equal(named?.fingerprint, plain?.fingerprint);
    assert.deepEqual(plain?.properties.steps, {});
    assert.deepEqual(named?.properties.steps, {
      "l.s": { name: "Stop", description: null, labels: { a: "b" }, priority: "high" },
    });
  });
});

describe("compileProject()", () => {
  it("compiles the caller anew when the other workflow is moved, added or changed, and both in a circle", () => {
    const caller = `workflow: a\nsteps: { s: { workflow: child, with: { day: "2026-01-01" } } }`;
    assert.deepEqual(
      outputsWith({ "a.workflow.yaml": caller }, { "a.workflow.yaml": caller, "b.workflow.yaml": CHILD }),
      [{}, { total: { name: "int" } }],
    );
    const circle = CHILD.replace(/ \}\n$/, ", again: { workflow: a } }\n");
    assert.deepEqual(
      outputsWith(
        { "a.workflow.yaml": caller, "b.workflow.yaml": CHILD },
        { "a.workflow.yaml": caller, "c.workflow.yaml": circle.replaceAll("int", "double") },
      ),
      [{ total: { name: "int" } }, { total: { name: "double" } }],
    );
  });
});

/** The outputs of the first step of workflow `a` in each of the projects, which share a cache. */
function outputsWith(...projects: readonly Readonly<Record<string, string>>[]): readonly unknown[] {
  const cache = createCompileCache();
  return projects.map((files) => {
    const found = compileProject(treeOfTexts(files), cache).workflows.find(({ id }) => id === "a");
    return found?.definition.steps[0]?.outputs;
  });
}
