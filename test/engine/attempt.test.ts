import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { T0, expression, literal, run, workflow } from "./builder.js";
import { World } from "./world.js";

const RETRY = {
  errors: 2,
  platform: 1,
  timeouts: 0,
  delayMs: 30_000,
  backoff: "exponential",
  maxDelayMs: 50_000,
} as const;

describe("attempts", () => {
  it("go from queued through running to succeeded, with the time of each", () => {
    const world = World.start(workflow([run("a", { outputs: { rows: { name: "int" } } })]));
    world.now += 5;
    world.begin("a");
    world.now += 7;
    world.succeed("a", { rows: 3, extra: 1 });
    assert.deepEqual(world.steps.get("a"), {
      path: "a",
      kind: "run",
      status: "succeeded",
      attempt: 1,
      queuedAt: T0,
      startedAt: T0 + 5,
      endedAt: T0 + 12,
      reason: null,
      outputs: { rows: 3 },
      iterations: null,
      jobs: null,
      startedRun: null,
      runAttempt: 1,
    });
    assert.deepEqual(world.finished, { kind: "finish", status: "succeeded", reason: null });
  });

  it("may say only when they end that they had begun", () => {
    const world = World.start(workflow([run("a")]));
    world.now += 12;
    const result = { status: "succeeded", outputs: {} } as const;
    world.send({ kind: "attempt_ended", path: "a", attempt: 1, startedAt: T0 + 5, result });
    const { status, queuedAt, startedAt, endedAt } = world.steps.get("a") ?? assert.fail("it is not there");
    assert.deepEqual(
      { status, queuedAt, startedAt, endedAt },
      { status: "succeeded", queuedAt: T0, startedAt: T0 + 5, endedAt: T0 + 12 },
    );
  });

  it("keep the beginning that was told first", () => {
    const world = World.start(workflow([run("a")]));
    world.now += 5;
    world.begin("a");
    const result = { status: "succeeded", outputs: {} } as const;
    world.send({ kind: "attempt_ended", path: "a", attempt: 1, startedAt: T0 + 9, result });
    assert.equal(world.steps.get("a")?.startedAt, T0 + 5);
  });

  it("are retried after a delay that doubles up to its maximum, errors and platform apart", () => {
    const world = World.start(workflow([run("a", { retry: RETRY })]));
    assert.deepEqual(world.fail("a"), [{ kind: "set_timer", timer: "a", at: T0 + 30_000 }]);
    assert.equal(world.reason("a"), "attempt 2 of 3 in 30s, because exit code 1");
    assert.equal(world.status("a"), "retrying");
    ring(world, "a", 30_000);
    assert.deepEqual([...world.queue], [["a", 2]]);
    assert.deepEqual(world.fail("a", { class: "platform", message: "worker lost", immediate: true }), [
      { kind: "enqueue", path: "a", attempt: 3 },
    ]);
    assert.deepEqual(world.fail("a"), [{ kind: "set_timer", timer: "a", at: T0 + 30_000 + 50_000 }]);
    ring(world, "a", 50_000);
    world.fail("a", { message: "third error" });
    assert.equal(world.status("a"), "failed");
    assert.equal(world.reason("a"), "third error");
    assert.equal(world.finished?.reason, "a: third error");
  });

  it("tell why the one before failed, while they go on and when they went well", () => {
    const world = World.start(workflow([run("a", { retry: RETRY })]));
    world.fail("a", { class: "platform", message: "worker lost", immediate: true });
    assert.deepEqual([world.status("a"), world.reason("a")], ["queued", "attempt 1 failed: worker lost"]);
    world.begin("a");
    assert.deepEqual([world.status("a"), world.reason("a")], ["running", "attempt 1 failed: worker lost"]);
    world.succeed("a");
    assert.deepEqual([world.status("a"), world.reason("a")], ["succeeded", "attempt 1 failed: worker lost"]);
  });

  it("of a failure that is final are not retried", () => {
    const world = World.start(workflow([run("a", { retry: RETRY })]));
    world.fail("a", { retryable: false });
    assert.equal(world.status("a"), "failed");
  });

  it("that time out use their own count, and end as timed out", () => {
    const world = World.start(workflow([run("a", { retry: RETRY })]));
    world.fail("a", { class: "timeout", message: "ran longer than 30m" });
    assert.equal(world.status("a"), "timed_out");
    assert.equal(world.finished?.status, "failed");
  });

  it("without their outputs, or with wrong ones, fail and are retried as errors", () => {
    const outputs = { rows: { name: "int" } } as const;
    const world = World.start(workflow([run("a", { outputs }), run("b", { outputs })]));
    world.succeed("a", { rows: "many" });
    assert.equal(world.reason("a"), 'Output "rows" must be int, is "many"');
    world.succeed("b", {});
    assert.equal(world.reason("b"), 'Output "rows" of type int is missing');
  });

  it("ignored when failed let the run succeed", () => {
    const world = World.start(workflow([run("a", { ignoreFailure: true }), run("b", { needs: ["a"] })]));
    world.fail("a");
    world.succeed("b");
    assert.deepEqual(world.statuses(), { a: "ignored_failure", b: "succeeded" });
    assert.equal(world.finished?.status, "succeeded");
  });

  it("emit their signals once they succeed, and fail when a signal cannot be computed", () => {
    const emit = [
      { signal: "ready", params: { rows: expression("steps.a.outputs.rows"), table: literal("t") } },
    ];
    const wrong = [{ signal: "ready", params: { rows: expression("steps.b.outputs.nothing") } }];
    const world = World.start(
      workflow([run("a", { emit, outputs: { rows: { name: "int" } } }), run("b", { emit: wrong })]),
    );
    assert.deepEqual(world.succeed("a", { rows: 4 }), [
      { kind: "emit", key: "a/0", signal: "ready", params: { rows: 4, table: "t" } },
    ]);
    world.succeed("b");
    assert.equal(world.status("b"), "failed");
    assert.match(world.reason("b") ?? "", /^Cannot emit "ready": param "rows": /);
  });

  it("see themselves in their signals as they have ended: succeeded, and at that moment", () => {
    const emit = [
      {
        signal: "ready",
        params: {
          how: expression("steps.a.status"),
          lasted: expression("string(steps.a.ended_at - steps.a.started_at)"),
        },
      },
    ];
    const world = World.start(workflow([run("a", { emit })]));
    world.begin("a");
    const [told] = world.succeed("a");
    assert.deepEqual(told?.kind === "emit" && told.params, { how: "succeeded", lasted: "0s" });
  });

  it("that are stale or impossible change nothing", () => {
    const world = World.start(workflow([run("a", { retry: RETRY }), run("b", { needs: ["a"] })]));
    const succeeded = { status: "succeeded", outputs: {} } as const;
    world.begin("a");
    world.fail("a");
    const stale = [
      { kind: "start" },
      { kind: "attempt_started", path: "a", attempt: 1 },
      { kind: "attempt_ended", path: "a", attempt: 1, result: succeeded },
      { kind: "attempt_ended", path: "a", attempt: 2, result: succeeded },
      { kind: "attempt_ended", path: "b", attempt: 0, result: succeeded },
      { kind: "attempt_ended", path: "nobody", attempt: 1, result: succeeded },
      { kind: "attempt_ended", path: "a[0].b", attempt: 1, result: succeeded },
      { kind: "attempt_ended", path: "a[999999999]", attempt: 1, result: succeeded },
      { kind: "attempt_ended", path: "", attempt: 1, result: succeeded },
      { kind: "timer", timer: "a" },
      { kind: "timer", timer: "b" },
      { kind: "timer", timer: "$run" },
      { kind: "timer", timer: "../../etc" },
    ] as const;
    for (const event of stale) {
      assert.deepEqual(world.send(event), [], JSON.stringify(event));
    }
    assert.deepEqual(world.statuses(), { a: "retrying", b: "waiting" });
  });

  it("after the end of the run change nothing", () => {
    const world = World.start(workflow([run("a")]));
    world.succeed("a");
    for (const kind of ["start", "cancel", "supersede"] as const) {
      assert.deepEqual(world.send({ kind, by: "ann", reason: "late" }), []);
    }
    assert.equal(world.state.status, "succeeded");
  });

  it("wait for one of the run's places, and take them in order", () => {
    const world = World.start(
      workflow(
        ["a", "b", "c", "d"].map((id) => run(id)),
        { maxParallelSteps: 2 },
      ),
    );
    assert.deepEqual([...world.queue.keys()], ["a", "b"]);
    assert.equal(world.status("c"), "waiting");
    assert.equal(world.reason("c"), "waits for one of the 2 places of this run");
    assert.deepEqual(world.succeed("b"), [{ kind: "enqueue", path: "c", attempt: 1 }]);
    assert.deepEqual(world.succeed("a"), [{ kind: "enqueue", path: "d", attempt: 1 }]);
    world.succeedAll();
    assert.equal(world.finished?.status, "succeeded");
  });
});

function ring(world: World, timer: string, afterMs: number): void {
  world.now += afterMs;
  world.send({ kind: "timer", timer });
}
