import assert from "node:assert/strict";
import { pendingEffects } from "@headwater/engine";
import type { RunStatus } from "@headwater/engine";
import type { Json } from "@headwater/workflow";
import { describe, it } from "mocha";
import { child, expression, run, workflow } from "./builder.js";
import { World } from "./world.js";

const RETRY = {
  errors: 1,
  platform: 0,
  timeouts: 0,
  delayMs: 1000,
  backoff: "fixed",
  maxDelayMs: 1000,
} as const;
const START = {
  kind: "start_run",
  path: "report",
  attempt: 1,
  key: "report/1",
  workflow: "report",
  params: {},
  wait: true,
} as const;

describe("a step that runs another workflow", () => {
  it("asks for a run with its params, and gives that run's outputs", () => {
    const report = child("report", {
      with: { rows: expression("1 + 1") },
      outputs: { total: { name: "int" } },
    });
    const after = run("after", { needs: ["report"], if: "steps.report.outputs.total == 3" });
    const world = World.start(workflow([report, after]));
    assert.deepEqual(world.effects, [{ ...START, params: { rows: 2 } }]);
    assert.equal(world.status("report"), "queued");
    begin(world);
    assert.equal(world.status("report"), "running");
    assert.equal(world.reason("report"), "waits for run run-7 of report");
    end(world, "succeeded", { outputs: { total: 3, other: true } });
    assert.deepEqual(world.steps.get("report")?.outputs, { total: 3 });
    assert.equal(world.status("after"), "queued");
  });

  it("takes no place of its own run", () => {
    const world = World.start(workflow([child("report"), run("a")], { maxParallelSteps: 1 }));
    assert.deepEqual(world.statuses(), { report: "queued", a: "queued" });
    end(world, "succeeded");
    assert.equal(world.state.active, 1);
  });

  it("fails with that run, and is tried again with another run", () => {
    const world = World.start(workflow([child("report", { retry: RETRY })]));
    begin(world);
    end(world, "failed", { reason: "extract: exit code 1" });
    assert.equal(world.status("report"), "retrying");
    world.now += 1000;
    assert.deepEqual(world.send({ kind: "timer", timer: "report" }), [
      { ...START, attempt: 2, key: "report/2" },
    ]);
    end(world, "failed", { attempt: 1 });
    assert.equal(world.status("report"), "queued");
    end(world, "failed", { attempt: 2, reason: "extract: exit code 1" });
    assert.equal(world.status("report"), "failed");
    assert.equal(world.reason("report"), 'the run of "report" failed: extract: exit code 1');
  });

  it("fails without another try when somebody stopped that run", () => {
    const world = World.start(workflow([child("report", { retry: RETRY })]));
    end(world, "canceled", { reason: "canceled by ann" });
    assert.equal(world.status("report"), "failed");
    assert.equal(world.reason("report"), 'the run of "report" was canceled: canceled by ann');
  });

  it("that does not wait succeeds as soon as the run is there", () => {
    const outputs = { run_id: { name: "string" } } as const;
    const world = World.start(workflow([child("report", { wait: false, outputs })]));
    begin(world);
    assert.equal(world.status("report"), "succeeded");
    assert.deepEqual(world.steps.get("report")?.outputs, { run_id: "run-7" });
    assert.equal(world.finished?.status, "succeeded");
  });

  it("cancels that run with its own", () => {
    const world = World.start(workflow([child("report")]));
    begin(world);
    assert.deepEqual(world.send({ kind: "cancel", by: "ann", reason: "" }), [
      { kind: "cancel_run", path: "report", attempt: 1, key: "report/1" },
    ]);
    end(world, "canceled");
    assert.equal(world.status("report"), "canceled");
    assert.equal(world.finished?.status, "canceled");
  });

  it("stops that run when its timeout is over", () => {
    const world = World.start(workflow([child("report", { timeoutMs: 60_000 })]));
    begin(world);
    world.now += 60_000;
    assert.deepEqual(world.send({ kind: "timer", timer: "report" }), [
      { kind: "cancel_run", path: "report", attempt: 1, key: "report/1" },
    ]);
    end(world, "canceled");
    assert.equal(world.status("report"), "timed_out");
    assert.equal(world.reason("report"), "its timeout is over");
  });

  it("asks again after a restart, and keeps its attempt", () => {
    const world = World.start(workflow([child("report")]));
    begin(world);
    // Whether that run is to be held is told again too: the service may have ended before it was told.
    const resume = {
      kind: "resume_run",
      path: "report",
      attempt: 1,
      key: "report/1",
      by: "the service",
      reason: "",
    };
    assert.deepEqual(pendingEffects(world.state), [START, resume]);
    world.send({ kind: "recovered", begun: [] });
    end(world, "succeeded");
    assert.equal(world.finished?.status, "succeeded");
  });
});

describe("the outputs of a workflow", () => {
  const total = {
    name: "total",
    type: { name: "int" },
    value: expression("steps.copy.outputs.rows + 1"),
  } as const;
  const copy = run("copy", { outputs: { rows: { name: "int" } } });

  it("are computed when the run succeeds", () => {
    const world = World.start(workflow([copy], { outputs: [total] }));
    world.succeed("copy", { rows: 1 });
    assert.deepEqual(world.finished, {
      kind: "finish",
      status: "succeeded",
      reason: null,
      outputs: { total: 2 },
    });
  });

  it("that cannot be computed fail the run", () => {
    const world = World.start(workflow([{ ...copy, if: "1 > 2" }], { outputs: [total] }));
    assert.equal(world.finished?.status, "failed");
    assert.match(world.finished?.reason ?? "", /^Cannot compute output "total": /);
  });
});

function begin(world: World): void {
  world.send({ kind: "run_started", path: "report", attempt: 1, runId: "run-7" });
}

function end(
  world: World,
  status: RunStatus,
  {
    attempt = 1,
    reason = null,
    outputs = {},
  }: Partial<{
    readonly attempt: number;
    readonly reason: string | null;
    readonly outputs: Readonly<Record<string, Json>>;
  }> = {},
): void {
  world.send({ kind: "run_ended", path: "report", attempt, status, reason, outputs });
}
