import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  compileProject,
  createCompileCache,
  planChange,
  renderPlanText,
  type Plan,
} from "@headwater/workflow";
import { treeOfTexts } from "../findings-fixture.js";
import { planned, workflowText } from "./planned.js";

const DAILY = `workflow: daily
owner: ada
triggers:
  - signal: raw.loaded
    match: { table: orders, hour: { gte: 6 } }
params:
  day: { type: date, default: "2026-01-01" }
  limit: { type: int, default: 3 }
timeout: 6h
steps:
  extract:
    run: |
      set -e
      fetch orders
    env: { API_KEY: "\${{ secrets.KEY }}", DAY: "\${{ params.day }}" }
    outputs: { rows: int, names: "list<string>" }
    retry: { errors: 2 }
  load:
    needs: [extract]
    if: steps.extract.outputs.rows > 0
    foreach: { part: "\${{ range(0, 3) }}" }
    steps:
      copy: { sql: { connection: duckdb, file: copy.sql, params: { part: "p-\${{ each.part }}" } } }
`;
const FILES = { "daily.workflow.yaml": DAILY, "copy.sql": "select 1\nfrom a\nwhere b\n" };

/** What is replaced in the workflow by what, and the edits that a reader sees. */
const EDITS: readonly (readonly [what: string, from: string, to: string, ...lines: readonly string[]])[] = [
  ["a retry", "errors: 2", "errors: 3", "~ step extract: retry.errors 2 → 3"],
  ["a timeout, as it is written", "timeout: 6h", "timeout: 90m", "~ timeout 6h → 1h30m"],
  [
    "a condition",
    "rows > 0",
    "rows > 1",
    "~ step load: if steps.extract.outputs.rows > 0 → steps.extract.outputs.rows > 1",
  ],
  [
    "a line of a script",
    "fetch orders",
    "fetch rates",
    "~ step extract: run from line 2: fetch orders → fetch rates",
  ],
  [
    "lines of a script",
    "fetch orders",
    "a\n      b",
    "~ step extract: run from line 2 (1 → 2 lines): fetch orders → a",
  ],
  [
    "a secret",
    "secrets.KEY",
    "secrets.KEY_2",
    "~ step extract: env.API_KEY ${{ secrets.KEY }} → ${{ secrets.KEY_2 }}",
  ],
  [
    "an expression in text",
    "p-${{",
    "q-${{",
    "~ step load.copy: params.part p-${{ each.part }} → q-${{ each.part }}",
  ],
  [
    "the items of a loop",
    "range(0, 3)",
    "range(0, 4)",
    "~ step load: foreach.part.items ${{ range(0, 3) }} → ${{ range(0, 4) }}",
  ],
  ["a type", "list<string>", "list<int>", "~ step extract: outputs.names list<string> → list<int>"],
  ["needs", "needs: [extract]", "needs: []", '- step load: needs ["extract"]'],
  ["a key that is new", "retry: {", "permits: [api]\n    retry: {"],
  ["a match", "gte: 6", "gte: 7", "~ trigger signal raw.loaded: match.hour.gte 6 → 7"],
  [
    "another signal",
    "raw.loaded",
    "raw.ready",
    '- trigger signal raw.loaded: match {"hour":{"gte":6},"table":"orders"}',
    '+ trigger signal raw.ready: match {"hour":{"gte":6},"table":"orders"}',
  ],
  ["a param", "limit: { type: int, default: 3 }", "limit: { type: int }", "- param limit: default 3"],
  ["another param", "limit:", "most:", "- param limit", "+ param most"],
  [
    "the kind of a step",
    'sql: { connection: duckdb, file: copy.sql, params: { part: "p-${{ each.part }}" } }',
    "noop: {}",
    "~ step load.copy: kind sql → noop",
    "- step load.copy: connection duckdb",
    "- step load.copy: query select 1 from a where b",
    '- step load.copy: params {"part":"p-${{ each.part }}"}',
  ],
  ["an owner", "owner: ada", "owner: bob", "~ owner ada → bob (for queued runs at once)"],
  [
    "a label",
    "owner: ada",
    "owner: ada\nlabels: { tier: gold }",
    '+ labels {"tier":"gold"} (for queued runs at once)',
  ],
  [
    "a run strategy",
    "owner: ada",
    "owner: ada\nrun_strategy: { rule: parallel, limit: 3 }",
    "~ run_strategy.rule sequential → parallel (for queued runs at once)",
    "~ run_strategy.limit 1 → 3 (for queued runs at once)",
  ],
];

describe("planChange()", () => {
  for (const [what, from, to, ...lines] of EDITS.filter((row) => row.length > 3)) {
    it(`tells ${what}`, () => {
      assert.ok(DAILY.includes(from));
      const plan = planned(FILES, { ...FILES, "daily.workflow.yaml": DAILY.replace(from, to) });
      // What is reached anew is told, and tested, by itself.
      assert.deepEqual(linesOf({ ...plan, reach: [] }).slice(1), lines);
    });
  }

  it("tells what starts a workflow that is new or gone: signals, joins and the ends of runs, as its schedules with their fires", () => {
    const triggers = `triggers:
  - { schedule: "0 6 * * *" }
  - { signal: raw.loaded, match: { table: orders }, params: { day: "\${{ signal.date }}" } }
  - { workflow: other, on: failed }
  - { all: { a: { signal: x }, b: { signal: y } }, join: [date], within: 6h }
params: { day: { type: date, default: 2026-01-01 } }`;
    const without = { "other.workflow.yaml": workflowText("other") };
    const files = { "new.workflow.yaml": workflowText("new", triggers), ...without };
    const told = [
      'trigger signal raw.loaded: match {"table":"orders"}, params {"day":"${{ signal.date }}"}',
      "trigger workflow other: on failed",
      'trigger all: signals [{"name":"a","signal":"x"},{"name":"b","signal":"y"}], join ["date"], within 6h',
    ];
    for (const [mark, plan] of [
      ["+", planned(without, files)],
      ["-", planned(files, without)],
    ] as const) {
      const lines = linesOf(plan).filter((line) => line.includes(" trigger "));
      assert.deepEqual(
        lines,
        told.map((line) => `${mark} ${line}`),
      );
      assert.equal(linesOf(plan).filter((line) => line.startsWith(`${mark} schedule 0 6`)).length, 1);
    }
    const hears = workflowText("new", "triggers: [{ signal: s, if: signal.n > 1 }]");
    const plan = planned({ "a.workflow.yaml": workflowText("new") }, { "a.workflow.yaml": hears });
    assert.deepEqual(linesOf(plan).slice(1), ["+ trigger signal s: if signal.n > 1"]);
  });

  it("tells a changed file that a step names by the lines of its text", () => {
    const plan = planned(FILES, { ...FILES, "copy.sql": "select 1\nfrom c\nwhere b\n" });
    assert.deepEqual(linesOf(plan), [
      "~ changed daily in daily.workflow.yaml: new version",
      "~ step load.copy: query from line 2: from a → from c",
    ]);
  });

  it("tells the parts of every step kind in the words of the file", () => {
    const text = `workflow: a
steps:
  pages:
    while: loop.page < 3
    vars: { page: 0 }
    next: { page: "\${{ loop.page + 1 }}" }
    steps: { get: { noop: {} } }
  call: { workflow: b, with: { limit: 1 } }
  ask: { approval: { approvers: [ada], prompt: Go }, timeout: 1h }
  gate: { noop: {}, wait_for: [{ signal: ready, match: { table: "\${{ run.trigger }}" }, lookback: 2d }] }
  box: { run: "true", image: "i:1", resources: { memory: 1Gi } }
`;
    const edited = text
      .replace("loop.page < 3", "loop.page < 4")
      .replace("limit: 1", "limit: 2")
      .replace("[ada]", "[ada, bob]")
      .replace("lookback: 2d", "lookback: 3d")
      .replace("1Gi", "2Gi");
    assert.deepEqual(linesOf(planned({ "a.workflow.yaml": text }, { "a.workflow.yaml": edited })), [
      "~ changed a in a.workflow.yaml: new version",
      '~ step ask: approvers ["ada"] → ["ada","bob"]',
      "~ step box: resources.memory 1Gi → 2Gi",
      "~ step call: with.limit 1 → 2",
      "~ step gate: wait_for.signal ready.lookback 2d → 3d",
      "~ step pages: while loop.page < 3 → loop.page < 4",
    ]);
  });

  it("tells what makes a version though it is seldom meant: an order, a type, the end of a line", () => {
    const text = (over: string, rest: string): string =>
      `workflow: a\nsteps:\n  f: { foreach: { ${over} }, steps: { s: { noop: {} } } }\n${rest}`;
    const wait = "wait_for: [{ signal: b }, { signal: c }]";
    const before = text(
      "x: [1, 2], y: [a, b]",
      `  g: { noop: {}, ${wait} }\n  r: { run: "a\\nb", env: { X: 1 } }\n  w: { workflow: b, with: { n: 1, t: "${"a".repeat(150)}b" } }\n`,
    );
    const after = text(
      "y: [a, b], x: [1, 2]",
      `  g: { noop: {}, ${wait.replace("{ signal: b }, { signal: c }", "{ signal: c }, { signal: b }")} }\n` +
        `  r: { run: "a\\r\\nb", env: { X: "1" } }\n  w: { workflow: b, with: { n: 1.0, t: "${"a".repeat(150)}c" } }\n`,
    );
    assert.deepEqual(linesOf(planned({ "a.workflow.yaml": before }, { "a.workflow.yaml": after })), [
      "~ changed a in a.workflow.yaml: new version",
      "~ step f: foreach order x, y → y, x",
      "~ step g: wait_for order signal b, signal c → signal c, signal b",
      '~ step r: run from line 1: "a" → "a\\r"',
      "~ step w: with.n 1 → 1.0",
      `~ step w: with.t …${"a".repeat(25)}b" → …${"a".repeat(25)}c"`,
    ]);
  });

  it("tells two of one name apart by their places when they change them", () => {
    const text = (...rows: readonly number[]): string =>
      workflowText("a", `triggers: [${rows.map((row) => `{ signal: s, match: { n: ${row} } }`).join(", ")}]`);
    assert.deepEqual(
      linesOf(planned({ "a.workflow.yaml": text(1, 2, 3) }, { "a.workflow.yaml": text(3, 1, 2) })),
      ["~ changed a in a.workflow.yaml: new version", "~ triggers order #1, #2, #3 → #3, #1, #2"],
    );
  });

  it("tells no retries of what has no attempts, whatever the project's defaults are", () => {
    const loops = `workflow: a
steps:
  f: { foreach: { x: [1] }, steps: { s: { noop: {} } } }
  g: { while: loop.i < 3, vars: { i: 0 }, next: { i: "\${{ loop.i + 1 }}" }, steps: { s: { noop: {} } } }
  h: { approval: { approvers: [ada] } }
  i: { sleep: 1h }
`;
    const side = (settings: string) => ({
      "headwater.yaml": `project: p\n${settings}`,
      "a.workflow.yaml": loops,
    });
    assert.deepEqual(linesOf(planned(side(""), side("defaults: { retry: { errors: 2 } }\n"))), [
      "~ changed a in a.workflow.yaml: new version",
      "~ step f.s: retry.errors 0 → 2",
      "~ step g.s: retry.errors 0 → 2",
    ]);
  });

  it("compares nothing of which a part cannot be read, on either side", () => {
    const template = "template: t\ninputs: { n: { type: int } }\nrun: echo\n";
    const workflow = (n: number): string =>
      `workflow: a\nsteps: { s: { use: t.template.yaml, with: { n: ${n} } } }\n`;
    const good = { "t.template.yaml": template, "a.workflow.yaml": workflow(1) };
    const broken = { ...good, "t.template.yaml": `${template}env: { A: [1\n` };
    const later = { ...broken, "a.workflow.yaml": workflow(2) };
    for (const [before, after] of [
      [good, broken],
      [broken, later],
      [broken, good],
    ] as const) {
      const plan = planned(before, after);
      assert.deepEqual(linesOf(plan), ["~ cannot compare a in a.workflow.yaml: cannot read t.template.yaml"]);
      const [{ change, makesVersion, unread, edits } = assert.fail()] = plan.workflows;
      assert.deepEqual(
        { change, makesVersion, unread, edits, reach: plan.reach },
        { change: "changed", makesVersion: false, unread: ["t.template.yaml"], edits: [], reach: [] },
      );
    }
  });

  it("says nothing of comments, order and the name of a file of SQL", () => {
    const [head = "", steps = ""] = DAILY.split("steps:\n  extract");
    const [extract = "", load = ""] = steps.split("  load:\n");
    const rewritten = `# A comment\n${head}steps:\n  load:\n${load.replace("copy.sql", "moved.sql")}  extract${extract}`;
    const plan = planned(FILES, { "daily.workflow.yaml": rewritten, "moved.sql": FILES["copy.sql"] });
    assert.deepEqual(plan.findings.first, []);
    assert.deepEqual([plan.workflows, plan.summary.unchanged], [[], 1]);
  });

  it("tells which changes make a version, and which take effect at once", () => {
    const versions = [DAILY.replace("ada", "bob"), DAILY.replace("errors: 2", "errors: 1")].map(
      (text) => planned(FILES, { ...FILES, "daily.workflow.yaml": text }).workflows[0]?.makesVersion,
    );
    assert.deepEqual(versions, [false, true]);
  });

  it("tells added, removed and renamed workflows, and one that goes on under another id", () => {
    const plan = planned(
      {
        "a.workflow.yaml": workflowText("a"),
        "b.workflow.yaml": workflowText("b"),
        "c.workflow.yaml": workflowText("c"),
        "d.workflow.yaml": workflowText("d", "timeout: 1h"),
      },
      {
        "a.workflow.yaml": workflowText("a"),
        "in/b.workflow.yaml": workflowText("b"),
        "c.workflow.yaml": workflowText("c2", "timeout: 2h"),
        "e.workflow.yaml": workflowText("d2", "timeout: 1h"),
        "new.workflow.yaml": workflowText("new", "timeout: 3h"),
      },
    );
    assert.deepEqual(plan.summary, { added: 3, changed: 0, removed: 2, renamed: 1, unchanged: 1 });
    assert.deepEqual(
      plan.workflows.map(({ id, change, path, replaces }) => [id, change, path.before, path.after, replaces]),
      [
        ["b", "renamed", "b.workflow.yaml", "in/b.workflow.yaml", null],
        ["c", "removed", "c.workflow.yaml", null, null],
        ["c2", "added", null, "c.workflow.yaml", "c"],
        ["d", "removed", "d.workflow.yaml", null, null],
        ["d2", "added", null, "e.workflow.yaml", "d"],
        ["new", "added", null, "new.workflow.yaml", null],
      ],
    );
  });

  it("counts the findings after the change, and names the first errors", () => {
    const broken = `workflow: a\nsteps: { ${Array.from({ length: 30 }, (_, step) => `s${step}: {}`).join(", ")} }\n`;
    const { findings } = planned({}, { "a.workflow.yaml": broken });
    assert.deepEqual(
      [findings.errors, findings.first.length, findings.first[0]?.code],
      [30, 20, "step-kind-missing"],
    );
  });

  it("names the warnings that were not there before, by what is known of the past as well", () => {
    const text = (every: string, more = "") =>
      `workflow: a\n${more}triggers: { schedule: "${every}" }\nparams: { spare: { type: int, default: 1 } }\nsteps: { only: { noop: {} } }\n`;
    const history = new Map([["a", 20 * 60_000]]);
    const side = (source: string) =>
      compileProject(treeOfTexts({ "a.workflow.yaml": source }), createCompileCache(), { history });
    const [before, after] = [side(text("every 1h")), side(text("every 5m", "# moved down\n"))];
    const { findings } = planChange(before, after, {
      at: 0,
      textOf: () => text("every 5m", "# moved down\n"),
    });
    assert.deepEqual([findings.errors, findings.warnings, findings.newWarnings.count], [0, 2, 1]);
    assert.deepEqual(findings.newWarnings.first, [
      {
        file: "a.workflow.yaml",
        line: 3,
        column: 23,
        code: "schedule-too-frequent",
        message: "This fires every 5m on average, and a run usually takes 20m: runs cannot keep up",
      },
    ]);
    assert.match(
      renderPlanText(planChange(before, after, { at: 0 }), { from: "a", to: "b", runsInFlight: null }),
      /\n {2}1 warning that was not there before\n {4}~ a\.workflow\.yaml schedule-too-frequent: This fires/,
    );
  });

  it("tells of names of steps and of what is expected in the words of the file", () => {
    const steps = (name: string): string => `steps: { y: { ${name}noop: {} } }\n`;
    const before = { "a.workflow.yaml": `workflow: a\n${steps("")}` };
    const after = { "a.workflow.yaml": `workflow: a\nexpect: { within: 1h }\n${steps("name: N|x, ")}` };
    assert.deepEqual(linesOf(planned(before, after)), [
      "~ changed a in a.workflow.yaml: no new version",
      '+ expect {"within":"1h"} (for queued runs at once)',
      "+ step y: name N|x (for queued runs at once)",
    ]);
  });

  it("plans for projects with nothing in them", () => {
    assert.deepEqual(planned({}, {}).summary, { added: 0, changed: 0, removed: 0, renamed: 0, unchanged: 0 });
  });

  it("is plain data, the same for the same two projects", () => {
    const after = { ...FILES, "daily.workflow.yaml": DAILY.replace("errors: 2", "errors: 3") };
    const plan = planned(FILES, after);
    assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan);
    assert.deepEqual(planned(FILES, after), plan);
  });

  it("sees no change in what one cache gave for both sides", () => {
    const cache = createCompileCache();
    const sides = [
      compileProject(treeOfTexts(FILES), cache),
      compileProject(treeOfTexts(FILES), cache),
    ] as const;
    assert.deepEqual(planChange(...sides, { at: 0 }).workflows, []);
  });
});

/** The lines of the first workflow's section. */
function linesOf(plan: Plan): readonly string[] {
  const text = renderPlanText(plan, { from: "a", to: "b", runsInFlight: null });
  return (text.split("\n\n")[1] ?? "")
    .trimEnd()
    .split("\n")
    .map((line) => line.trim());
}
