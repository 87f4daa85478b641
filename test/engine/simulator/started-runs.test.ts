import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { runTestCase } from "@headwater/engine";
import { compileProject, parseWorkflowTests } from "@headwater/workflow";
import { treeOfTexts } from "../../workflow/findings-fixture.js";

const TRIGGERS = {
  alone: `
  - signal: table.updated
    match: { table: orders }
    if: signal.rows > 0
    dedupe: "\${{ signal.date }}"
    params: { date: "\${{ signal.date }}" }`,
  joined: `
  - all:
      orders: { signal: table.updated, match: { table: orders } }
      rates: { signal: table.updated, match: { table: rates } }
    join: [date]
    within: 6h
    params: { date: "\${{ signals.rates.date }}" }`,
};

const ORDERS = "{ signal: table.updated, params: { table: orders, date: 2026-03-01, rows: 5 } }";
const RATES = "{ signal: table.updated, params: { table: rates, date: 2026-03-01 } }";

/** What a test of `starts` says of a workflow with these triggers. */
function failuresOf(triggers: string, signals: readonly string[], runs: string): readonly string[] {
  const workflow = `workflow: a
triggers:${triggers}
params: { date: { type: date }, mode: { type: string, default: full } }
steps: { s: { run: "true", env: { D: "\${{ params.date }} \${{ params.mode }}" } } }
`;
  const tests = `workflow: a
tests:
  starts:
    starts: { signals: [${signals.join(", ")}], runs: ${runs} }
`;
  const files = { "a.workflow.yaml": workflow, "a.workflow.test.yaml": tests };
  const { workflows, diagnostics } = compileProject(treeOfTexts(files));
  assert.deepEqual(diagnostics, []);
  const parsed = parseWorkflowTests("a.workflow.test.yaml", Buffer.from(tests));
  const [test] = parsed.tests?.tests ?? [];
  const [compiled] = workflows;
  assert.ok(test && compiled);
  return runTestCase(compiled, test).failures.map(({ message }) => message);
}

describe("a test of what signals start", () => {
  it("knows conditions, dedupe and the params of the run, defaults among them", () => {
    const empty = "{ signal: table.updated, params: { table: orders, date: 2026-03-02, rows: 0 } }";
    const run = "[{ by: 2, params: { date: 2026-03-01, mode: full } }]";
    assert.deepEqual(failuresOf(TRIGGERS.alone, [empty, ORDERS, ORDERS, RATES], run), []);
  });

  it("joins signals, in any order, and uses them up", () => {
    const signals = [RATES, ORDERS, ORDERS, RATES];
    const runs = "[{ by: 2, params: { date: 2026-03-01 } }, { by: 4 }]";
    assert.deepEqual(failuresOf(TRIGGERS.joined, signals, runs), []);
  });

  it("forgets signals that are too old, and joins none of another date", () => {
    const late = ORDERS.replace("signal:", "after: 7h, signal:");
    const other = ORDERS.replace("03-01", "03-02");
    assert.deepEqual(failuresOf(TRIGGERS.joined, [RATES, late], "[]"), []);
    assert.deepEqual(failuresOf(TRIGGERS.joined, [RATES, other], "[]"), []);
  });

  it("says what starts instead", () => {
    const expected = "[{ by: 1, params: { date: 2026-03-02, mode: full } }]";
    assert.deepEqual(failuresOf(TRIGGERS.joined, [RATES, ORDERS], expected), [
      "Expected run 1 to be started by signal 1: signal 2 starts it",
      'Expected param "date" of run 1 to be "2026-03-02": it is "2026-03-01"',
    ]);
    assert.deepEqual(failuresOf(TRIGGERS.joined, [RATES, ORDERS], "[]"), [
      "Expected 0 runs to start: 1 does, by signal 2",
    ]);
    assert.deepEqual(failuresOf(TRIGGERS.alone, [RATES], "[{}]"), ["Expected 1 run to start: none does"]);
  });

  it("tells a run that could not begin, and a condition that cannot be evaluated", () => {
    const without = "{ signal: table.updated, params: { table: orders, rows: 1 } }";
    const [problem = ""] = failuresOf(TRIGGERS.alone, [without], "[{}]");
    assert.match(
      problem,
      /^Expected run 1 to begin: it cannot, since "dedupe" of the trigger cannot be evaluated: /,
    );
    const rowless = "{ signal: table.updated, params: { table: orders } }";
    const [doubt = ""] = failuresOf(TRIGGERS.alone, [rowless], "[]");
    assert.equal(
      doubt,
      'Signal 1, table.updated, starts nothing, since "if" cannot be evaluated: "signal" came without "rows". It has table',
    );
  });

  it("names the workflow and the param that a signal came without, and the one that was most likely meant", () => {
    const misspelt = ORDERS.replace("date:", "dat:");
    const undeduped = TRIGGERS.alone.replace(/dedupe: .*\n {4}/, "");
    const begin = "Expected run 1 to begin: it cannot, since the params of the trigger of workflow";
    const without = 'came without "date". Did you mean "dat"? It has table, dat, rows';
    assert.deepEqual(failuresOf(undeduped, [misspelt], "[{}]"), [
      `${begin} "a" are not usable: "date": "signal" ${without}`,
    ]);
    assert.deepEqual(
      failuresOf(undeduped.replace("signal.date }}", "signal.table.date }}"), [misspelt], "[{}]"),
      [`${begin} "a" are not usable: "date": There is no member "date"`],
    );
    const joined = TRIGGERS.joined.replace("join: [date]", "join: [rows]");
    const both = [misspelt, RATES.replace("date: 2026-03-01", "dates: 2026-03-01, rows: 5")];
    assert.match(
      failuresOf(joined, both, "[{}]")[0] ?? "",
      /"date": "signals\.rates" came without "date"\. Did you mean "dates"\? It has table, dates, rows$/,
    );
  });
});
