import assert from "node:assert/strict";
import { jobsOf } from "@headwater/engine";
import { describe, it } from "mocha";
import { T0, foreach, run, sleep, workflow } from "./builder.js";
import { World } from "./world.js";

const CANCEL = { kind: "cancel", by: "ann", reason: "wrong date" } as const;
const RETRY = {
  errors: 5,
  platform: 0,
  timeouts: 0,
  delayMs: 1000,
  backoff: "fixed",
  maxDelayMs: 1000,
} as const;

describe("a canceled run", () => {
  it("asks its attempts to stop, and ends when they have", () => {
    const steps = [
      run("a"),
      run("b", { retry: RETRY }),
      sleep("c", { forMs: 1000 }),
      foreach("d", [1, 2], { maxParallel: 1, steps: [run("x"), run("y", { needs: ["x"] })] }),
      run("after", { needs: ["a"], require: "all_finished" }),
    ];
    const world = World.start(workflow(steps));
    world.begin("a");
    world.fail("b");
    assert.deepEqual(world.send(CANCEL), [
      { kind: "cancel", path: "a", attempt: 1 },
      { kind: "clear_timer", timer: "b" },
      { kind: "clear_timer", timer: "c" },
      { kind: "cancel", path: "d[0].x", attempt: 1 },
    ]);
    assert.deepEqual(world.send(CANCEL), []);
    assert.equal(world.reason("a"), "is being stopped: canceled by ann: wrong date");
    world.end("a", { status: "canceled" });
    assert.equal(world.finished, null);
    world.fail("d[0].x", { message: "killed" });
    assert.deepEqual(new Set(Object.values(world.statuses())), new Set(["canceled"]));
    assert.equal(world.reason("a"), "canceled by ann: wrong date");
    assert.deepEqual(world.finished, {
      kind: "finish",
      status: "canceled",
      reason: "canceled by ann: wrong date",
    });
  });

  it("keeps what an attempt achieved before it heard of it", () => {
    const world = World.start(workflow([run("a"), run("b", { needs: ["a"] })]));
    world.send(CANCEL);
    world.succeed("a");
    assert.deepEqual(world.statuses(), { a: "succeeded", b: "canceled" });
    assert.equal(world.finished?.status, "canceled");
  });

  it("that had not begun ends, with all that it was to do", () => {
    const world = new World(workflow([run("a"), foreach("b", [1, 2], { needs: ["a"], steps: [run("x")] })]));
    assert.deepEqual(world.send(CANCEL), [
      { kind: "finish", status: "canceled", reason: "canceled by ann: wrong date" },
    ]);
    assert.deepEqual(world.statuses(), { a: "canceled", b: "canceled" });
    assert.equal(world.reason("a"), "canceled by ann: wrong date");
    assert.deepEqual(jobsOf(world.state), { canceled: 1 });
    assert.deepEqual(world.send({ kind: "start" }), []);
  });

  it("superseded before or after its start, ends superseded", () => {
    const event = { kind: "supersede", reason: "superseded by run 2, which is newer" } as const;
    const queued = new World(workflow([run("a")]));
    queued.send(event);
    assert.equal(queued.state.status, "superseded");
    assert.deepEqual(jobsOf(queued.state), { canceled: 1 });
    const going = World.start(workflow([run("a")]));
    assert.deepEqual(going.send(event), [{ kind: "cancel", path: "a", attempt: 1 }]);
    going.end("a", { status: "canceled" });
    assert.deepEqual(going.finished, { kind: "finish", status: "superseded", reason: event.reason });
  });
});

describe("a run out of time", () => {
  it("cancels what runs, and ends timed out", () => {
    const world = World.start(workflow([run("a"), run("b", { needs: ["a"] })], { timeoutMs: 60_000 }));
    assert.deepEqual(world.effects[0], { kind: "set_timer", timer: "$run", at: T0 + 60_000 });
    world.now += 60_000;
    assert.deepEqual(world.send({ kind: "timer", timer: "$run" }), [
      { kind: "cancel", path: "a", attempt: 1 },
    ]);
    world.end("a", { status: "canceled" });
    assert.equal(world.finished?.status, "timed_out");
  });

  it("clears its timer when it ends in time", () => {
    const world = World.start(workflow([run("a")], { timeoutMs: 60_000 }));
    assert.deepEqual(world.succeed("a"), [
      { kind: "clear_timer", timer: "$run" },
      { kind: "finish", status: "succeeded", reason: null },
    ]);
  });
});

describe("a failure", () => {
  const steps = [
    run("a"),
    run("b"),
    run("c", { needs: ["b"] }),
    run("handler", { needs: ["a"], require: "any_failed" }),
    run("cleanup", { needs: ["b"], require: "all_finished" }),
  ];

  it("lets everything go on that can, then fails the run", () => {
    const world = World.start(workflow(steps));
    world.fail("a");
    world.succeedAll();
    assert.deepEqual(world.statuses(), {
      a: "failed",
      b: "succeeded",
      c: "succeeded",
      handler: "succeeded",
      cleanup: "succeeded",
    });
    assert.deepEqual(world.finished, { kind: "finish", status: "failed", reason: "a: exit code 1" });
  });

  it("in a run that fails immediately cancels all but handlers and clean-ups", () => {
    const world = World.start(workflow(steps, { failureMode: "fail_immediately" }));
    assert.deepEqual(world.fail("a"), [
      { kind: "enqueue", path: "handler", attempt: 1 },
      { kind: "cancel", path: "b", attempt: 1 },
    ]);
    assert.equal(world.reason("c"), "a failed, and this workflow fails immediately");
    world.end("b", { status: "canceled" });
    world.succeedAll();
    assert.deepEqual(world.statuses(), {
      a: "failed",
      b: "canceled",
      c: "canceled",
      handler: "succeeded",
      cleanup: "succeeded",
    });
    assert.equal(world.finished?.status, "failed");
  });
});

describe("a sleep", () => {
  it("wakes when its timer is due, not before", () => {
    const world = World.start(workflow([sleep("a", { forMs: 1000 })]));
    assert.equal(world.reason("a"), "sleeps until 2026-03-02T06:00:01.000Z");
    assert.deepEqual(world.send({ kind: "timer", timer: "a" }), []);
    world.now += 1000;
    world.send({ kind: "timer", timer: "a" });
    assert.equal(world.finished?.status, "succeeded");
  });

  it("until an instant that has passed does not sleep", () => {
    const until = { kind: "literal", value: "2026-03-01" } as const;
    assert.equal(World.start(workflow([sleep("a", { until })])).finished?.status, "succeeded");
  });

  it("longer than its timeout times out", () => {
    const world = World.start(workflow([sleep("a", { forMs: 5000 }, { timeoutMs: 1000 })]));
    world.now += 1000;
    world.send({ kind: "timer", timer: "a" });
    assert.equal(world.status("a"), "timed_out");
  });
});
