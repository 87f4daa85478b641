import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ServiceError } from "#server/errors.js";
import { until } from "../../until.js";
import { startLocalRuns } from "./local-runs.js";

const FILES = {
  "work.workflow.yaml": `
workflow: work
run_strategy: { rule: parallel, limit: 2 }
triggers: [{ signal: go }]
steps: { wait: { approval: { approvers: [ann] } }, after: { needs: [wait], noop: {} } }
`,
  "parent.workflow.yaml": "workflow: parent\nsteps: { call: { workflow: work } }\n",
};

const KEY = { project: "local", environment: "production", workflow: "work" };
const ANN = { by: "ann", reason: "the source is down" };

describe("a workflow that is paused", () => {
  it("begins no run, whatever asks for one, says who and why, and lets runs that are going go on", async () => {
    const local = await startLocalRuns(FILES);
    const going = await local.start("work");
    await until("the first run waits for approval", async () => isAt(local, going.id, "paused"));
    await local.pauses.pause(KEY, ANN);
    const asked = await local.start("work");
    await local.send("go", {});
    const parent = await local.start("parent");
    const queued = await until("three runs wait", async () => {
      const runs = await local.store.listRuns({ ...KEY, status: "queued", limit: 9 });
      return runs.length === 3 && runs;
    });
    for (const { id } of queued) {
      const reason = await until("its reason", async () => local.runs.queueReason(id));
      assert.match(
        reason,
        /^waits because local\/work is paused by ann: the source is down; .*headwater resume local\/work$/,
      );
    }
    await approve(local, going.id);
    assert.equal((await local.ended(going.id)).status, "succeeded");
    assert.equal((await local.store.findRun(asked.id))?.status, "queued");

    await local.pauses.resume(KEY, { by: "bob", reason: "" });
    for (const { id } of [...queued].reverse()) {
      await until("it waits for approval", async () => isAt(local, id, "paused"));
      await approve(local, id);
      assert.equal((await local.ended(id)).status, "succeeded");
    }
    assert.equal((await local.ended(parent.id)).status, "succeeded");
    await local.stop();
  });

  it("stays paused over a deployment and a restart of the service", async () => {
    const before = await startLocalRuns(FILES);
    await before.pauses.pause(KEY, ANN);
    const run = await before.start("work");
    await before.deploy({ ...FILES, "work.workflow.yaml": "workflow: work\nsteps: { go: { noop: {} } }\n" });
    await until("its reason", async () => before.runs.queueReason(run.id));
    await before.stop(true);

    const again = await startLocalRuns(FILES, before.dataFolder);
    await until("its reason", async () => again.runs.queueReason(run.id)?.includes("paused by ann") === true);
    assert.equal(again.pauses.find(KEY)?.reason, ANN.reason);
    assert.equal((await again.store.findRun(run.id))?.status, "queued");
    await again.pauses.resume(KEY, ANN);
    await until("it has begun", async () => isAt(again, run.id, "paused"));
    await again.stop();
  });

  it("is paused once: of two who ask, the second hears who was first", async () => {
    const local = await startLocalRuns(FILES);
    const asked = await Promise.allSettled(
      ["ann", "bob"].map((by) => local.pauses.pause(KEY, { by, reason: "" })),
    );
    const refused = asked.flatMap((answer): unknown[] =>
      answer.status === "rejected" ? [answer.reason] : [],
    );
    assert.equal(refused.length, 1);
    const [problem] = refused;
    assert.ok(problem instanceof ServiceError);
    assert.deepEqual(
      [problem.code, problem.message],
      ["action-not-allowed", 'Cannot pause "local/work": it is paused already by ann'],
    );
    await local.stop();
  });

  it("is in force when the store has paused it, although its answer was lost", async () => {
    const local = await startLocalRuns(FILES);
    await local.store.pauseWorkflow({ ...KEY, ...ANN, at: 1 });
    await assert.rejects(
      local.pauses.pause(KEY, { by: "ann", reason: "again" }),
      /already by ann: the source is down/,
    );
    assert.equal(local.pauses.find(KEY)?.at, 1);
    await local.stop();
  });
});

type Local = Awaited<ReturnType<typeof startLocalRuns>>;

async function isAt({ store }: Local, runId: string, status: string): Promise<boolean> {
  return (await store.listSteps(runId, { limit: 9 })).some(
    (step) => step.path === "wait" && step.status === status,
  );
}

async function approve({ runs }: Local, runId: string): Promise<void> {
  await runs.answerApproval(runId, { path: "wait", by: "ann", approved: true, comment: "" });
}
