import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { ServiceError } from "#server/errors.js";
import type { RestartRequest } from "#server/runs/restarts.js";
import { until } from "../../until.js";
import { startLocalRuns } from "./local-runs.js";

const FILES = {
  "ask.workflow.yaml": `
workflow: ask
steps:
  release: { approval: { approvers: [ann] }, timeout: 1s }
  other: { approval: { approvers: [ann] } }
`,
  "strict.workflow.yaml": `
workflow: strict
run_strategy: strict_sequential
steps: { go: { run: test -e mended } }
`,
  "stubborn.workflow.yaml": `
workflow: stubborn
steps: { go: { run: "trap '' TERM; touch begun; until test -e over; do sleep 0.05; done" } }
`,
};
const RESTART: RestartRequest = {
  from: "incomplete",
  path: null,
  params: {},
  version: null,
  by: "ann",
  reason: "mended",
};

describe("who comes late", function () {
  this.timeout(60_000);

  it("to approve a step whose timeout is over hears that it does not wait any more", async () => {
    const local = await startLocalRuns(FILES);
    const { id } = await local.start("ask");
    await until("the timeout", async () =>
      (await local.store.listSteps(id, { limit: 9 })).some(
        ({ path, status }) => path === "release" && status === "timed_out",
      ),
    );
    const answer = { path: "release", by: "ann", approved: true, comment: "" };
    await assert.rejects(local.runs.answerApproval(id, answer), (error) => {
      assert.ok(error instanceof ServiceError);
      assert.equal(error.code, "step-not-waiting");
      assert.match(error.message, /does not wait for approval, it is timed_out$/);
      return true;
    });
    await local.stop();
  });

  it("to press the button that somebody presses at the same moment hears who was first", async () => {
    const local = await startLocalRuns(FILES);
    const { id } = await local.start("ask");
    await until("it asks", async () =>
      (await local.store.listSteps(id, { limit: 9 })).some(
        ({ path, status }) => path === "other" && status === "paused",
      ),
    );
    const answers = [true, false].map((approved) =>
      local.runs.answerApproval(id, { path: "other", by: "ann", approved, comment: "" }),
    );
    const heard = await Promise.allSettled(answers);
    assert.deepEqual(
      heard.map(({ status }) => status),
      ["fulfilled", "rejected"],
    );
    assert.match(
      String(heard[1]?.status === "rejected" && heard[1].reason),
      /Cannot reject step "other" of run "local\/ask#1": it does not wait for approval, it is succeeded/,
    );
    const cancel = { kind: "cancel", by: "ann", reason: "" } as const;
    await Promise.allSettled([1, 2].map(() => local.runs.actOnRun(id, cancel)));
    const steps = await local.store.listSteps(id, { limit: 9 });
    assert.equal(steps.find(({ path }) => path === "other")?.status, "succeeded");
    await local.stop();
  });

  it("to approve a step of a run that was canceled a moment before hears it, and has left no answer", async () => {
    const local = await startLocalRuns(FILES);
    const { id } = await local.start("ask");
    await until("it asks", async () =>
      (await local.store.listSteps(id, { limit: 9 })).some(
        ({ path, status }) => path === "other" && status === "paused",
      ),
    );
    const answer = { path: "other", by: "ann", approved: true, comment: "" };
    const [canceled, answered] = await Promise.allSettled([
      local.runs.actOnRun(id, { kind: "cancel", by: "bob", reason: "" }),
      local.runs.answerApproval(id, answer),
    ]);
    assert.equal(canceled.status, "fulfilled");
    assert.match(
      String(answered.status === "rejected" && answered.reason),
      /the run has already ended, it is canceled/,
    );
    await local.ended(id);
    const journal = await local.store.readJournal(id);
    assert.deepEqual(
      journal.map(({ event }) => event.kind).filter((kind) => kind === "approve"),
      [],
    );
    await local.stop();
  });

  it("to restart a run that is being canceled is refused, and may do it once it has ended", async () => {
    const local = await startLocalRuns(FILES);
    const { id } = await local.start("stubborn");
    await until("the step", () => existsSync(join(local.dataFolder, "begun")));
    await local.runs.actOnRun(id, { kind: "cancel", by: "ann", reason: "not needed" });
    await assert.rejects(local.runs.restartRun(id, RESTART), (error) => {
      assert.ok(error instanceof ServiceError);
      assert.equal(error.code, "action-not-allowed");
      assert.match(error.message, /the run is being stopped/);
      return true;
    });
    writeFileSync(join(local.dataFolder, "over"), "");
    assert.equal((await local.ended(id)).status, "canceled");
    await local.runs.restartRun(id, RESTART);
    assert.equal((await local.ended(id)).status, "succeeded");
    await local.stop();
  });

  it("of a strict workflow goes on by itself when the run that failed succeeds after a restart", async () => {
    const local = await startLocalRuns(FILES);
    const failed = await local.start("strict");
    assert.equal((await local.ended(failed.id)).status, "failed");
    const next = await local.start("strict");
    await until("its reason", () => local.runs.queueReason(next.id)?.includes("strict#1 failed") === true);
    writeFileSync(join(local.dataFolder, "mended"), "");
    await local.runs.restartRun(failed.id, RESTART);
    assert.equal((await local.ended(failed.id)).status, "succeeded");
    assert.equal((await local.ended(next.id)).status, "succeeded");
    await local.stop();
  });
});
