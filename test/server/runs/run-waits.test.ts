import assert from "node:assert/strict";
import type { ApprovalAnswer } from "#server/runs/approvals.js";
import type { RunRequest } from "#server/runs/run-actions.js";
import type { StepRow } from "#server/store/store.js";
import { after, before, describe, it } from "mocha";
import { until } from "#test/until.js";
import { startLocalRuns, type LocalRuns } from "./local-runs.js";

const CANCEL = { kind: "cancel", by: "test", reason: "seen enough" } as const;
const FILES = {
  "report.workflow.yaml": `
workflow: report
run_strategy: { rule: parallel, limit: 20 }
params: { rows: { type: int, max: 100 }, pause: { type: string, default: "0" } }
outputs: { total: { type: int, value: "\${{ steps.sum.outputs.total }}" } }
steps:
  sum:
    run: 'sleep "$PAUSE"; echo "total=$((ROWS * 2))" >> "$HEADWATER_OUTPUT"'
    env: { ROWS: "\${{ params.rows }}", PAUSE: "\${{ params.pause }}" }
    outputs: { total: int }
    retry: { platform: 5 }
`,
  "caller.workflow.yaml": `
workflow: caller
run_strategy: { rule: parallel, limit: 20 }
params: { rows: { type: int, default: 21 }, pause: { type: string, default: "0" } }
steps:
  call: { workflow: report, with: { rows: "\${{ params.rows }}", pause: "\${{ params.pause }}" } }
  told:
    needs: [call]
    run: 'echo "total=$TOTAL" >> "$HEADWATER_OUTPUT"'
    env: { TOTAL: "\${{ steps.call.outputs.total }}" }
    outputs: { total: int }
`,
  "starter.workflow.yaml": `
workflow: starter
steps: { call: { workflow: report, with: { rows: 1, pause: "60" }, wait: false } }
`,
  "gated.workflow.yaml": `
workflow: gated
run_strategy: { rule: parallel, limit: 20 }
params: { day: { type: string }, lookback: { type: string, default: none } }
steps:
  publish:
    wait_for: { signal: table.updated, match: { day: "\${{ params.day }}" } }
    noop: {}
  late:
    wait_for: { signal: table.updated, match: { day: "\${{ params.day }}" }, lookback: 1h }
    noop: {}
`,
  "sender.workflow.yaml": `
workflow: sender
params: { day: { type: string } }
steps: { send: { noop: {}, emit: { signal: table.updated, params: { day: "\${{ params.day }}" } } } }
`,
  "asking.workflow.yaml": `
workflow: asking
run_strategy: { rule: parallel, limit: 20 }
params: { day: { type: string, default: monday } }
steps:
  check: { approval: { approvers: [ann, bob], prompt: "Publish \${{ params.day }}?" } }
  publish: { needs: [check], noop: {} }
`,
  "later.workflow.yaml": `
workflow: later
steps:
  nap: { sleep: 1h }
  check: { needs: [nap], approval: { approvers: [ann] } }
`,
  "cached.workflow.yaml": `
workflow: cached
params: { day: { type: string } }
steps:
  extract:
    run: 'echo "run=$HEADWATER_RUN_ID" >> "$HEADWATER_OUTPUT"'
    outputs: { run: string }
    cache: { key: "\${{ params.day }}", ttl: 1h }
`,
};

function asked(name: "pause" | "resume"): RunRequest {
  return { kind: "action", action: { name, path: null }, by: "ann", reason: "to look" };
}

describe("a step that runs another workflow, in the service", () => {
  let local: LocalRuns;
  before(async () => {
    local = await startLocalRuns(FILES);
  });
  after(() => local.stop());

  it("waits for that run and has its outputs", async () => {
    const { id } = await local.start("caller");
    assert.equal((await local.ended(id)).status, "succeeded");
    assert.deepEqual((await stepOf(local, id, "told")).outputs, { total: 42 });
    const child = await local.store.findRunByTriggerKey(`step:${id}:call/1`);
    assert.deepEqual(child?.outputs, { total: 42 });
    assert.deepEqual(child.trigger, {
      kind: "step",
      runId: id,
      path: "call",
      attempt: 1,
      depth: 1,
      root: null,
    });
  });

  it("fails when that run cannot begin, and says why", async () => {
    const { id } = await local.start("caller", { rows: 101 });
    const run = await local.ended(id);
    assert.equal(run.status, "failed");
    assert.match(
      run.reason ?? "",
      /call: the run of "report" failed: param "rows" must be at most 100, is 101/,
    );
  });

  it("stops that run when its own is canceled", async () => {
    const { id } = await local.start("caller", { pause: "60" });
    const child = await until("the other run", () => childOf(local, id));
    await local.runs.actOnRun(id, CANCEL);
    assert.equal((await local.ended(child.id)).status, "canceled");
    assert.equal((await local.ended(id)).status, "canceled");
    assert.equal((await stepOf(local, id, "call")).status, "canceled");
  });

  it("pauses that run with its own, also over a restart, and lets it go on with it", async () => {
    const first = await startLocalRuns(FILES);
    const { id } = await first.start("caller", { pause: "0.3" });
    const child = await until("the other run", () => childOf(first, id));
    await first.runs.actOnRun(id, asked("pause"));
    await until("the other run is paused", () => first.runs.lookAt(child.id)?.paused);
    await first.stop(true);
    const again = await startLocalRuns(FILES, first.dataFolder);
    assert.equal(
      again.runs.lookAt(child.id)?.paused?.reason,
      "with run 1 of caller, which waits for it: to look",
    );
    await until("its step is held", async () => (await stepOf(again, child.id, "sum")).status === "paused");
    await again.runs.actOnRun(id, asked("resume"));
    assert.equal((await again.ended(id)).status, "succeeded");
    await again.stop();
  });

  it("that does not wait leaves that run to itself", async () => {
    const { id } = await local.start("starter");
    assert.equal((await local.ended(id)).status, "succeeded");
    const child = await childOf(local, id);
    assert.ok(child);
    assert.deepEqual((await stepOf(local, id, "call")).outputs, { run_id: child.id });
    assert.equal(child.endedAt, null);
    await local.runs.actOnRun(child.id, CANCEL);
    await local.ended(child.id);
  });

  it("finds that run again after a restart, and does not start another one", async () => {
    const first = await startLocalRuns(FILES);
    const { id } = await first.start("caller", { pause: "0.3" });
    const child = await until("the other run", () => childOf(first, id));
    await first.stop(true);
    const again = await startLocalRuns(FILES, first.dataFolder);
    assert.equal((await again.ended(id)).status, "succeeded");
    assert.equal((await childOf(again, id))?.id, child.id);
    assert.equal((await again.store.listRuns({ workflow: "report", limit: 10 })).length, 1);
    await again.stop();
  });
});

describe("a step that waits for signals, in the service", () => {
  it("begins with a signal of the past within its lookback, or with the next one", async () => {
    const local = await startLocalRuns(FILES);
    const sent = await local.start("sender", { day: "monday" });
    await local.ended(sent.id);
    const { id } = await local.start("gated", { day: "monday" });
    await until("the look back", async () => (await stepOf(local, id, "late")).status === "succeeded");
    assert.equal((await stepOf(local, id, "publish")).status, "waiting_for_signal");
    await local.ended((await local.start("sender", { day: "tuesday" })).id);
    assert.equal((await stepOf(local, id, "publish")).status, "waiting_for_signal");
    await local.start("sender", { day: "monday" });
    assert.equal((await local.ended(id)).status, "succeeded");
    await local.stop();
  });

  it("waits on after a restart, also for what came meanwhile", async () => {
    const first = await startLocalRuns(FILES);
    const { id } = await first.start("gated", { day: "monday" });
    await until("the wait", async () => (await stepOf(first, id, "publish")).status === "waiting_for_signal");
    await first.stop(true);
    const again = await startLocalRuns(FILES, first.dataFolder);
    await again.start("sender", { day: "monday" });
    assert.equal((await again.ended(id)).status, "succeeded");
    await again.stop();
  });
});

describe("a step with a cache, in the service", () => {
  it("reuses what an earlier run has left for the same key", async () => {
    const local = await startLocalRuns(FILES);
    const first = await local.start("cached", { day: "monday" });
    await local.ended(first.id);
    const second = await local.start("cached", { day: "monday" });
    await local.ended(second.id);
    const step = await stepOf(local, second.id, "extract");
    assert.deepEqual(step.outputs, { run: first.id });
    assert.match(step.reason ?? "", /^reused, from run 1 of /);
    const third = await local.start("cached", { day: "tuesday" });
    await local.ended(third.id);
    assert.deepEqual((await stepOf(local, third.id, "extract")).outputs, { run: third.id });
    await local.stop();
  });
});

describe("an approval, in the service", () => {
  let local: LocalRuns;
  before(async () => {
    local = await startLocalRuns(FILES);
  });
  after(() => local.stop());

  it("lets its run go on when one of those approves who are asked", async () => {
    const { id } = await local.start("asking");
    await until("the question", async () => (await stepOf(local, id, "check")).status === "paused");
    assert.equal(
      (await stepOf(local, id, "check")).reason,
      "waits for approval by ann or bob: Publish monday?",
    );
    await assert.rejects(answer(local, id, { by: "eve" }), { code: "not-an-approver" });
    await assert.rejects(answer(local, id, { path: "publish" }), { code: "step-not-waiting" });
    await assert.rejects(answer(local, id, { path: "nobody" }), { code: "step-not-found" });
    const [first, second] = await Promise.allSettled([
      answer(local, id, { by: "bob", comment: "fine" }),
      answer(local, id, { approved: false }),
    ]);
    assert.deepEqual([first.status, second.status], ["fulfilled", "rejected"]);
    assert.equal((await local.ended(id)).status, "succeeded");
    assert.deepEqual((await stepOf(local, id, "check")).outputs, { approved_by: "bob", comment: "fine" });
    await assert.rejects(answer(local, id, {}), { code: "run-ended" });
    await assert.rejects(answer(local, "run_none", {}), { code: "run-not-found" });
  });

  it("tells who answers too early in a paused run that it is to be resumed first", async () => {
    const { id } = await local.start("later");
    await until("the nap", async () => (await local.store.findRun(id))?.status === "running");
    const action = { name: "pause", path: null } as const;
    await local.runs.actOnRun(id, { kind: "action", action, by: "ann", reason: "" });
    await assert.rejects(answer(local, id, {}), {
      code: "step-not-waiting",
      message: /^Cannot approve step "check" of run "\w+\/later#1": it is paused, .*resume it first/,
    });
    await local.runs.actOnRun(id, { kind: "cancel", by: "ann", reason: "" });
    await local.ended(id);
  });

  it("fails its step when one of them rejects", async () => {
    const { id } = await local.start("asking");
    await until("the question", async () => (await stepOf(local, id, "check")).status === "paused");
    await answer(local, id, { approved: false, comment: "too early" });
    const run = await local.ended(id);
    assert.deepEqual([run.status, run.reason], ["failed", "check: rejected by ann: too early"]);
  });

  it("is not forgotten by a service that is killed as soon as it has said so", async () => {
    const first = await startLocalRuns(FILES);
    const { id } = await first.start("asking");
    await until("the question", async () => (await stepOf(first, id, "check")).status === "paused");
    await answer(first, id, {});
    await first.stop(true);
    const again = await startLocalRuns(FILES, first.dataFolder);
    assert.equal((await again.ended(id)).status, "succeeded");
    await again.stop();
  });
});

async function answer({ runs }: LocalRuns, runId: string, given: Partial<ApprovalAnswer>): Promise<void> {
  await runs.answerApproval(runId, { path: "check", by: "ann", approved: true, comment: "", ...given });
}

async function stepOf({ store }: LocalRuns, runId: string, path: string): Promise<StepRow> {
  return until(`step ${path}`, async () => (await store.listSteps(runId, { path, limit: 1 }))[0]);
}

async function childOf({ store }: LocalRuns, runId: string): ReturnType<typeof store.findRunByTriggerKey> {
  return store.findRunByTriggerKey(`step:${runId}:call/1`);
}
