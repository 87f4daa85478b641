import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { RunRow } from "#server/store/store.js";
import { startLocalRuns, type LocalRuns } from "#test/server/runs/local-runs.js";
import { until } from "#test/until.js";

const REVENUE = `
workflow: revenue
triggers:
  - all:
      orders: { signal: updated, match: { table: orders } }
      rates: { signal: updated, match: { table: rates } }
    join: [date]
    within: 6h
    if: signals.orders.rows > 0
    params: { date: "\${{ signals.orders.date }}", rows: "\${{ signals.orders.rows }}" }
params: { date: { type: string }, rows: { type: int } }
run_strategy: { rule: parallel, limit: 20 }
steps:
  say:
    run: 'echo "from=$RATES" >> "$HEADWATER_OUTPUT"'
    env: { RATES: "\${{ signals.rates.table }} by \${{ run.trigger }}" }
    outputs: { from: string }
`;

describe("a trigger with `all`", () => {
  it("starts one run when the last signal of a date has come, and knows them all", async () => {
    const local = await startLocalRuns({ "revenue.workflow.yaml": REVENUE });
    await local.send("updated", { table: "orders", date: "mon", rows: 7 });
    await local.send("updated", { table: "rates", date: "tue" });
    await local.send("updated", { table: "users", date: "mon" });
    await local.send("updated", { table: "rates", date: "mon" });
    const [run] = await runsOf(local, "revenue", 1);
    assert.deepEqual(run?.params, { date: "mon", rows: 7 });
    assert.equal((await local.ended(run?.id ?? "")).status, "succeeded");
    const [say] = await local.store.listSteps(run?.id ?? "", { limit: 1 });
    assert.deepEqual(say?.outputs, { from: "rates by all" });
    await local.send("updated", { table: "rates", date: "mon" });
    await matchedAll(local);
    assert.equal((await local.store.listRuns({ limit: 9 })).length, 1);
    await local.stop();
  });

  it("goes on waiting when the service starts again, also for what its `if` refused", async () => {
    const before = await startLocalRuns({ "revenue.workflow.yaml": REVENUE });
    await before.send("updated", { table: "orders", date: "mon", rows: 0 });
    await before.send("updated", { table: "rates", date: "mon" });
    await matchedAll(before);
    await before.stop(true);
    const again = await startLocalRuns({ "revenue.workflow.yaml": REVENUE }, before.dataFolder);
    assert.deepEqual(await again.store.listRuns({ limit: 9 }), []);
    await again.send("updated", { table: "orders", date: "mon", rows: 3 });
    const [run] = await runsOf(again, "revenue", 1);
    assert.deepEqual(run?.params, { date: "mon", rows: 3 });
    await again.stop();
  });

  it("says why its `if` cannot be evaluated, and does not fire", async () => {
    const problems: unknown[] = [];
    const local = await startLocalRuns({ "revenue.workflow.yaml": REVENUE }, undefined, {
      onWarning: (_message, fields) => void problems.push(fields?.["problem"]),
    });
    await local.send("updated", { table: "orders", date: "mon" });
    await local.send("updated", { table: "rates", date: "mon" });
    await matchedAll(local);
    assert.match(String(problems), /rows/);
    assert.deepEqual(await local.store.listRuns({ limit: 9 }), []);
    await local.stop();
  });
});

describe("`dedupe`", () => {
  const DAILY = `
workflow: daily
triggers: [{ signal: loaded, dedupe: "\${{ signal.date }} \${{ signal.part }}" }]
run_strategy: { rule: parallel, limit: 20 }
steps: { go: { noop: {} } }
`;

  it("makes one run of all signals that give the same text, before and after a restart", async () => {
    const before = await startLocalRuns({ "daily.workflow.yaml": DAILY });
    for (const date of ["mon", "mon", "tue", "mon"]) await before.send("loaded", { date, part: 1 });
    await matchedAll(before);
    await before.stop(true);
    const again = await startLocalRuns({ "daily.workflow.yaml": DAILY }, before.dataFolder);
    for (const date of ["tue", "wed"]) await again.send("loaded", { date, part: 1 });
    const runs = await runsOf(again, "daily", 3);
    assert.deepEqual(
      runs.map(({ triggerKey }) => String(triggerKey)).sort(),
      ["mon", "tue", "wed"].map((date) => `dedupe:local/production/daily:${date} 1`),
    );
    await again.stop();
  });

  it("that gives no usable text makes a run that failed and says so", async () => {
    const local = await startLocalRuns({ "daily.workflow.yaml": DAILY });
    await local.send("loaded", { date: "mon" });
    await local.send("loaded", { date: "x".repeat(1001), part: 1 });
    const runs = await runsOf(local, "daily", 2);
    const reasons = runs.map(({ reason }) => String(reason)).sort();
    assert.match(reasons[0] ?? "", /"dedupe".*cannot be evaluated.*part/);
    assert.match(reasons[1] ?? "", /"dedupe".*1003 characters, at most 1000/);
    await local.stop();
  });
});

describe("runs that start each other in a circle", () => {
  it("come to an end after a hundred, with a run that says why", async () => {
    const local = await startLocalRuns({
      "pong.workflow.yaml": `
workflow: pong
triggers: [{ signal: pong }]
steps: { emit: { noop: {}, emit: [{ signal: pong }] } }
`,
    });
    await local.start("pong");
    const refused = await until("a run that is refused", async () => {
      const runs = await local.store.listRuns({ workflow: "pong", status: "failed", limit: 5 });
      return runs[0];
    });
    assert.match(
      refused.reason ?? "",
      /more than 100 runs have started each other.*signal "pong".*break the circle/,
    );
    assert.equal(refused.number, 102);
    await local.stop();
  });

  it("come to an end when they double at each level, with one run that says why, also after a restart", async () => {
    const files = {
      "double.workflow.yaml": `
workflow: double
triggers: [{ signal: ping }, { signal: pong }]
run_strategy: { rule: parallel, limit: 50 }
steps: { emit: { noop: {}, emit: [{ signal: ping }, { signal: pong }] } }
`,
    };
    const warnings: string[] = [];
    const options = { chainedRunsMax: 40, onWarning: (message: string) => void warnings.push(message) };
    const local = await startLocalRuns(files, undefined, options);
    await local.start("double");
    await until("a run that is refused", async () => (await failed(local)).length > 0);
    await settled(local);
    const [refused, ...others] = await failed(local);
    assert.deepEqual(others, []);
    assert.match(
      refused?.reason ?? "",
      /run "run_\w+" has set 40 runs going.*the signal "p[io]ng" starts "double" again: break the circle/,
    );
    assert.deepEqual(warnings, ["a workflow is not started any more by runs that start each other"]);
    assert.equal((await local.store.listRuns({ limit: 200 })).length, 1 + 40 + 1);
    await local.stop(true);

    const again = await startLocalRuns(files, local.dataFolder, options);
    await settled(again);
    assert.equal((await again.store.listRuns({ limit: 200 })).length, 1 + 40 + 1);
    await again.start("double");
    await until("another root to double", async () => (await failed(again)).length > 1);
    await again.stop();
  });
});

function failed(local: LocalRuns): Promise<readonly RunRow[]> {
  return local.store.listRuns({ status: "failed", limit: 5 });
}

async function runsOf(local: LocalRuns, workflow: string, count: number): Promise<readonly RunRow[]> {
  return until(`${count} runs of ${workflow}`, async () => {
    const runs = await local.store.listRuns({ workflow, limit: 50 });
    return runs.length >= count && runs;
  });
}

async function matchedAll(local: LocalRuns): Promise<void> {
  await until(
    "all signals to be matched",
    async () => (await local.store.listUnmatchedSignals(1)).length === 0,
  );
}

/** Nothing goes on any more. */
async function settled(local: LocalRuns): Promise<void> {
  await until("the end of all runs", async () => {
    const [unmatched, unfinished] = await Promise.all([
      local.store.listUnmatchedSignals(1),
      local.store.listUnfinishedRuns(),
    ]);
    return unmatched.length + unfinished.length === 0;
  });
}
