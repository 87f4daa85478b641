import assert from "node:assert/strict";
import type { Action } from "@headwater/engine";
import { describe, it } from "mocha";
import { until } from "../../until.js";
import { startLocalRuns } from "./local-runs.js";
import type { LocalRuns } from "./local-runs.js";

const FILES = {
  "work.workflow.yaml": `
workflow: work
run_strategy: { rule: parallel, limit: 3 }
steps: { ask: { approval: { approvers: [ann] } }, load: { needs: [ask], noop: {} } }
`,
};
const KEY = { project: "local", environment: "production", workflow: "work" };
const ANN = { by: "ann", reason: "to look" };

describe("a breakpoint of a workflow", () => {
  it("holds its step in runs that are going and in those to come, over a restart, until it is taken away", async () => {
    const first = await startLocalRuns(FILES);
    const going = await first.start("work");
    await isAt(first, going.id, { ask: "paused" });
    await set(first, "load");
    await approve(first, going.id);
    await isAt(first, going.id, { load: "paused" });
    await first.stop(true);

    const again = await startLocalRuns(FILES, first.dataFolder);
    const next = await again.start("work");
    await isAt(again, next.id, { ask: "paused" });
    await approve(again, next.id);
    await isAt(again, next.id, { load: "paused" });
    await act(again, next.id, { name: "resume", path: "load" });
    assert.equal((await again.ended(next.id)).status, "succeeded");
    await isAt(again, going.id, { load: "paused" });
    await again.breakpoints.clear(KEY, "load", { by: "bob", reason: "" });
    assert.equal((await again.ended(going.id)).status, "succeeded");
    await again.stop();
  });

  it("is told of a workflow that is paused as of one that is paused", async () => {
    const local = await startLocalRuns(FILES);
    const told: string[] = [];
    local.feed.subscribe(null, (published) => {
      if (published?.change.kind === "workflow") told.push(published.change.status);
    });
    await set(local, "ask");
    await local.pauses.pause(KEY, ANN);
    await local.breakpoints.clear(KEY, "ask", ANN);
    await set(local, "load");
    await local.pauses.resume(KEY, ANN);
    await local.breakpoints.clear(KEY, "load", ANN);
    assert.deepEqual(told, ["active", "paused", "paused", "paused", "active", "active"]);
    await local.stop();
  });

  it("that was taken away while the service was down holds nothing any more", async () => {
    const first = await startLocalRuns(FILES);
    await set(first, "ask");
    const { id } = await first.start("work");
    await isAt(first, id, { ask: "paused" });
    await first.store.clearBreakpoint({ ...KEY, step: "ask", ...ANN, at: 7 });
    await first.stop(true);
    const again = await startLocalRuns(FILES, first.dataFolder);
    await until("it asks for approval", async () =>
      approve(again, id).then(
        () => true,
        () => false,
      ),
    );
    assert.equal((await again.ended(id)).status, "succeeded");
    await again.stop();
  });
});

async function set(local: LocalRuns, step: string): Promise<void> {
  const row = await local.store.findWorkflow(KEY);
  assert.ok(row);
  await local.breakpoints.set(row, step, ANN);
}

function act(local: LocalRuns, id: string, action: Action): Promise<void> {
  return local.runs.actOnRun(id, { kind: "action", action, ...ANN });
}

function approve(local: LocalRuns, id: string): Promise<void> {
  return local.runs.answerApproval(id, { path: "ask", by: "ann", approved: true, comment: "" });
}

async function isAt(local: LocalRuns, id: string, wanted: Readonly<Record<string, string>>): Promise<void> {
  await until(`steps are ${JSON.stringify(wanted)}`, async () => {
    const steps = await local.store.listSteps(id, { limit: 100 });
    return steps.filter(({ path, status }) => wanted[path] === status).length === Object.keys(wanted).length;
  });
}
