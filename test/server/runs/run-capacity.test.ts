import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { until } from "#test/until.js";
import { startLocalRuns, type LocalRuns } from "./local-runs.js";

/** Says in a ledger when it begins and ends. */
const WORK = `run: 'echo "$HEADWATER_WORKFLOW +" >> "$LEDGER"; sleep 0.02; echo "$HEADWATER_WORKFLOW -" >> "$LEDGER"'`;
const LEDGER = `env: { LEDGER: "\${{ params.ledger }}" }`;

function loop(workflow: string, keys: string): string {
  return `
workflow: ${workflow}
params: { ledger: { type: string } }
${keys}`;
}

const FILES = {
  "one.workflow.yaml": loop(
    "one",
    `owner: ann
steps:
  all:
    foreach: { n: "\${{ range(0, 12) }}" }
    permits: [api]
    steps: { call: { ${WORK}, ${LEDGER} } }
`,
  ),
  "two.workflow.yaml": loop(
    "two",
    `owner: bob
steps:
  all:
    foreach: { n: "\${{ range(0, 12) }}" }
    steps: { call: { ${WORK}, ${LEDGER}, permits: [api] } }
`,
  ),
  "around.workflow.yaml": loop(
    "around",
    `steps:
  inner: { workflow: inner, with: { ledger: "\${{ params.ledger }}" }, permits: [api] }
`,
  ),
  "inner.workflow.yaml": loop(
    "inner",
    `steps:
  all:
    foreach: { n: "\${{ range(0, 8) }}" }
    steps: { call: { ${WORK}, ${LEDGER} } }
`,
  ),
  "tree.workflow.yaml": loop(
    "tree",
    `max_parallel_steps: 2
steps:
  own: { foreach: { n: "\${{ range(0, 4) }}" }, steps: { call: { ${WORK}, ${LEDGER} } } }
  left: { workflow: inner, with: { ledger: "\${{ params.ledger }}" } }
  right: { workflow: middle, with: { ledger: "\${{ params.ledger }}" } }
`,
  ),
  "middle.workflow.yaml": loop(
    "middle",
    `steps:
  inner: { workflow: leaves, with: { ledger: "\${{ params.ledger }}" } }
`,
  ),
  "leaves.workflow.yaml": loop(
    "leaves",
    `max_parallel_steps: 4
steps:
  all: { foreach: { n: "\${{ range(0, 8) }}" }, steps: { call: { ${WORK}, ${LEDGER} } } }
`,
  ),
  "crowd.workflow.yaml": loop(
    "crowd",
    `owner: ann
priority: critical
steps: { all: { foreach: { n: "\${{ range(0, 2000) }}" }, steps: { call: { ${WORK}, ${LEDGER} } } } }
`,
  ),
  "single.workflow.yaml": loop("single", `owner: bob\nsteps: { call: { ${WORK}, ${LEDGER} } }\n`),
  "gpu.workflow.yaml": `
workflow: gpu
steps: { train: { run: 'true', pool: gpu } }
`,
  "nowhere.workflow.yaml": `
workflow: nowhere
steps: { train: { run: 'true', pool: moon } }
`,
  "quiet.workflow.yaml": `
workflow: quiet
steps: { rest: { noop: {}, permits: [closed] } }
`,
};

describe("runs and capacity", () => {
  let local: LocalRuns;
  before(async () => {
    local = await startLocalRuns(FILES, undefined, { slots: 6, pools: { gpu: 1 } });
  });
  after(() => local.stop());

  /** The most that went on at once, of all workflows in a ledger. */
  function most(ledger: string): number {
    let [now, max] = [0, 0];
    for (const line of readFileSync(ledger, "utf8").trim().split("\n")) {
      now += line.endsWith("+") ? 1 : -1;
      max = Math.max(max, now);
    }
    return max;
  }

  it("lets two workflows hold no more of a permit together than its limit", async () => {
    const ledger = join(local.dataFolder, "two-workflows");
    local.capacity.limitPermit("api", 2);
    const runs = await Promise.all(["one", "two"].map((name) => local.start(name, { ledger })));
    const ended = await Promise.all(runs.map(({ id }) => local.ended(id)));
    assert.deepEqual(
      ended.map(({ status, reason }) => [status, reason]),
      [
        ["succeeded", null],
        ["succeeded", null],
      ],
    );
    assert.equal(most(ledger), 2);
    const [api] = local.capacity.permits();
    assert.deepEqual(api, { name: "api", limit: 2, isSet: true, held: 0, waiting: 0 });
  });

  it("has the permits of a workflow step held by each job of its run", async () => {
    const ledger = join(local.dataFolder, "subworkflow");
    local.capacity.limitPermit("api", 3);
    const { id } = await local.start("around", { ledger });
    const { status, reason } = await local.ended(id);
    assert.deepEqual([status, reason], ["succeeded", null]);
    assert.equal(most(ledger), 3);
  });

  it("counts max_parallel_steps over the runs within a run, however deep", async () => {
    const ledger = join(local.dataFolder, "tree");
    const { id } = await local.start("tree", { ledger });
    const { status, reason } = await local.ended(id);
    assert.deepEqual([status, reason], ["succeeded", null]);
    assert.equal(readFileSync(ledger, "utf8").split("\n").length - 1, 2 * (4 + 8 + 8));
    assert.equal(most(ledger), 2);
  });

  it("explains a run in groups, and a step one by one", async () => {
    local.capacity.limitPermit("api", 0);
    const ledger = join(local.dataFolder, "explained");
    const run = await local.start("two", { ledger });
    const { id } = run;
    const [calls] = await until("all calls wait", () => {
      const waits = local.runs.explain(run);
      return waits[0]?.count === 12 && waits[0].capacity !== null ? waits : null;
    });
    assert.match(
      calls?.reason ?? "",
      /^waits for a permit of api, of which its limit allows none now; 0 ahead; bob/,
    );
    assert.deepEqual([calls?.step, calls?.path, calls?.on], ["all.call", "all[0].call", "worker"]);
    const each = local.runs.explain(run, "all.call");
    assert.deepEqual(each.map(({ path, capacity }) => [path, capacity?.ahead]).slice(10), [
      ["all[10].call", 10],
      ["all[11].call", 11],
    ]);
    assert.equal(local.runs.explain(run, "all[7].call")[0]?.capacity?.ahead, 7);
    assert.throws(() => local.runs.explain(run, "nothing"), /the workflow has no step "nothing"/);
    await local.runs.actOnRun(id, { kind: "cancel", by: "test", reason: "" });
    await local.ended(id);
    assert.deepEqual(local.runs.explain(run), []);
  });

  it("lets one owner's single job pass the thousands of another, whatever their priority", async () => {
    const ledger = join(local.dataFolder, "owners");
    const crowd = await local.start("crowd", { ledger });
    await until("the crowd has every slot", () => local.capacity.pools()[0]?.busy === 6);
    const single = await local.start("single", { ledger });
    assert.equal((await local.ended(single.id)).status, "succeeded");
    assert.equal((await local.store.findRun(crowd.id))?.status, "running");
    await local.runs.actOnRun(crowd.id, { kind: "cancel", by: "test", reason: "" });
    assert.equal((await local.ended(crowd.id)).status, "canceled");
    assert.equal(local.capacity.pools()[0]?.busy, 0);
  });

  it("gives a step a slot of the pool that it names", async () => {
    const { id } = await local.start("gpu");
    assert.equal((await local.ended(id)).status, "succeeded");
  });

  it("lets a step wait for a pool that is not there, and says what to do", async () => {
    const { id } = await local.start("nowhere");
    await until("it waits", () => local.runs.waitReason(id, "train"));
    assert.match(
      local.runs.waitReason(id, "train") ?? "",
      /^waits for the pool moon, which this service does not have: add it to HEADWATER_POOLS/,
    );
    await local.runs.actOnRun(id, { kind: "cancel", by: "test", reason: "" });
    assert.equal((await local.ended(id)).status, "canceled");
  });

  it("lets a step that executes nothing wait for a permit, and cancels it there", async () => {
    local.capacity.limitPermit("closed", 0);
    const { id } = await local.start("quiet");
    await until("it waits", () => local.runs.waitReason(id, "rest"));
    assert.match(local.runs.waitReason(id, "rest") ?? "", /^waits for a permit of closed, of which/);
    await local.runs.actOnRun(id, { kind: "cancel", by: "test", reason: "" });
    assert.equal((await local.ended(id)).status, "canceled");
    assert.equal(local.capacity.permits().find(({ name }) => name === "closed")?.waiting, 0);
  });
});
