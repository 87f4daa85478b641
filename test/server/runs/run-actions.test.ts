import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Action } from "@headwater/engine";
import { describe, it } from "mocha";
import { ServiceError } from "#server/errors.js";
import type { RunRequest } from "#server/runs/run-actions.js";
import { until } from "../../until.js";
import { startLocalRuns } from "./local-runs.js";
import type { LocalRuns } from "./local-runs.js";

const FILES = {
  "steps.workflow.yaml": `
workflow: steps
steps:
  first:
    run: while [ ! -e go ]; do sleep 0.02; done
  second: { needs: [first], noop: {} }
  third: { needs: [second], noop: {} }
`,
};

describe("what people ask of a run", function () {
  this.timeout(60_000);

  it("is durable when it is answered: a paused run is paused in the next life of the service, and goes on when resumed", async () => {
    const local = await startLocalRuns(FILES);
    const { id } = await local.start("steps");
    await reaches(local, id, { first: "running" });
    await act(local, id, { name: "pause", path: null });
    await local.stop(true);
    writeFileSync(join(local.dataFolder, "go"), "");
    const again = await startLocalRuns(FILES, local.dataFolder);
    await reaches(again, id, { first: "paused" });
    assert.equal(again.runs.lookAt(id)?.paused?.by, "ann");
    await act(again, id, { name: "resume", path: null });
    assert.equal((await again.ended(id)).status, "succeeded");
    assert.deepEqual(
      (await again.store.listRunActions(id, { limit: 10 })).map(({ event }) => event),
      [
        { kind: "action", action: { name: "pause", path: null }, by: "ann", reason: "to look" },
        { kind: "action", action: { name: "resume", path: null }, by: "ann", reason: "to look" },
      ],
    );
    await again.stop();
  });

  it("happens once when two ask for the same: the second hears why it cannot be", async () => {
    const local = await startLocalRuns(FILES);
    const { id } = await local.start("steps");
    const answers = await Promise.all([
      refusal(act(local, id, { name: "pause", path: null })),
      refusal(act(local, id, { name: "pause", path: null })),
    ]);
    assert.deepEqual(answers, [
      "done",
      'action-not-allowed: Cannot pause run "local/steps#1": the run is paused already, by ann; possible now: cancel, resume, breakpoint',
    ]);
    const cancels = await Promise.all([refusal(cancel(local, id)), refusal(cancel(local, id))]);
    assert.equal(cancels[0], "done");
    assert.match(cancels[1] ?? "", /^(action-not-allowed|run-ended): Cannot cancel run/);
    assert.equal((await local.store.listRunActions(id, { limit: 10 })).length, 2);
    await local.ended(id);
    assert.match(
      await refusal(act(local, id, { name: "resume", path: null })),
      /^run-ended: Cannot resume run/,
    );
    assert.match(await refusal(act(local, "run_none", { name: "resume", path: null })), /^run-not-found: /);
    await local.stop();
  });

  it("takes back what waits for a worker, and leaves what executes alone", async () => {
    const files = {
      "two.workflow.yaml": `
workflow: two
steps:
  first:
    run: touch begun; while [ ! -e go ]; do sleep 0.02; done
  other: { run: touch other }
`,
    };
    const local = await startLocalRuns(files, undefined, { slots: 1 });
    const { id } = await local.start("two");
    await until("the first step begins", () => existsSync(join(local.dataFolder, "begun")));
    await act(local, id, { name: "pause", path: null });
    await reaches(local, id, { other: "paused" });
    writeFileSync(join(local.dataFolder, "go"), "");
    await reaches(local, id, { first: "succeeded" });
    assert.equal(existsSync(join(local.dataFolder, "other")), false);
    await act(local, id, { name: "resume", path: null });
    assert.equal((await local.ended(id)).status, "succeeded");
    await local.stop();
  });

  it("skips a step that runs, and stops it", async () => {
    const local = await startLocalRuns(FILES);
    const { id } = await local.start("steps");
    await reaches(local, id, { first: "running" });
    await act(local, id, { name: "set_breakpoint", step: "third" });
    await act(local, id, { name: "skip", path: "first", outputs: null });
    await reaches(local, id, { third: "paused" });
    assert.deepEqual(await statuses(local, id), { first: "skipped", second: "succeeded", third: "paused" });
    assert.match(
      await refusal(act(local, id, { name: "skip", path: "second", outputs: null })),
      /^action-not-allowed: Cannot skip step "second" of run .*: it is succeeded/,
    );
    assert.match(await refusal(act(local, id, { name: "retry", path: "none" })), /^step-not-found: /);
    await act(local, id, { name: "clear_breakpoint", step: "third" });
    assert.equal((await local.ended(id)).status, "succeeded");
    await local.stop();
  });
});

describe("a step that failed", () => {
  it("is skipped also when its run has ended, which goes on then and may succeed", async () => {
    const files = {
      "broken.workflow.yaml": `
workflow: broken
run_strategy: strict_sequential
steps:
  bad: { run: "exit 1", retry: { errors: 0 } }
  after: { needs: [bad], noop: {} }
`,
    };
    const local = await startLocalRuns(files);
    const { id } = await local.start("broken");
    assert.equal((await local.ended(id)).status, "failed");
    await act(local, id, { name: "skip", path: "bad", outputs: null });
    const run = await local.ended(id);
    assert.deepEqual([run.status, run.attempt, run.reason], ["succeeded", 2, null]);
    assert.deepEqual(await statuses(local, id), { bad: "skipped", after: "succeeded" });
    assert.match(
      await refusal(act(local, id, { name: "skip", path: "after", outputs: null })),
      /^action-not/,
    );
    await local.stop();
  });
});

function act(local: LocalRuns, runId: string, action: Action): Promise<void> {
  return local.runs.actOnRun(runId, { kind: "action", action, by: "ann", reason: "to look" });
}

function cancel(local: LocalRuns, runId: string): Promise<void> {
  const request: RunRequest = { kind: "cancel", by: "ann", reason: "enough" };
  return local.runs.actOnRun(runId, request);
}

async function refusal(asked: Promise<void>): Promise<string> {
  try {
    await asked;
    return "done";
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

async function reaches(
  local: LocalRuns,
  runId: string,
  wanted: Readonly<Record<string, string>>,
): Promise<void> {
  await until(`steps are ${JSON.stringify(wanted)}`, async () => {
    const now = await statuses(local, runId);
    return Object.entries(wanted).every(([path, status]) => now[path] === status);
  });
}

async function statuses(local: LocalRuns, runId: string): Promise<Readonly<Record<string, string>>> {
  const steps = await local.store.listSteps(runId, { limit: 100 });
  return Object.fromEntries(steps.map(({ path, status }) => [path, status]));
}
