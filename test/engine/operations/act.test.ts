import assert from "node:assert/strict";
import { actionProblem } from "@headwater/engine";
import type { Action } from "@headwater/engine";
import { describe, it } from "mocha";
import { T0, approval, expression, foreach, noop, run, sleep, whileLoop, workflow } from "../builder.js";
import { World } from "../world.js";

const PAUSE = { name: "pause", path: null } as const;
const RESUME = { name: "resume", path: null } as const;
const GATE = { signal: "updated", match: [], lookbackMs: null, timeoutMs: 60_000 } as const;
const RETRY = {
  errors: 5,
  platform: 0,
  timeouts: 0,
  delayMs: 1000,
  backoff: "fixed",
  maxDelayMs: 1000,
} as const;

describe("a paused run", () => {
  it("begins nothing, takes back what only waits for a worker, and goes on when it is resumed", () => {
    const world = World.start(
      workflow([run("a"), run("b"), run("c", { needs: ["a"] }), sleep("d", { forMs: 9 })]),
    );
    world.begin("a");
    assert.deepEqual(world.act(PAUSE), [{ kind: "withdraw", path: "b", attempt: 1 }]);
    world.withdraw("b");
    world.succeed("a");
    assert.deepEqual(world.statuses(), { a: "succeeded", b: "paused", c: "paused", d: "running" });
    assert.equal(world.reason("c"), "the run is paused by ann: to look");
    assert.deepEqual(world.act(RESUME), [
      { kind: "enqueue", path: "b", attempt: 2 },
      { kind: "enqueue", path: "c", attempt: 1 },
    ]);
    assert.deepEqual(world.statuses(), { a: "succeeded", b: "queued", c: "queued", d: "running" });
  });

  it("lets an attempt go on that began before it could be taken back", () => {
    const world = World.start(workflow([run("a"), noop("b", { needs: ["a"] })]));
    world.act(PAUSE);
    world.begin("a");
    world.succeed("a");
    assert.deepEqual(world.statuses(), { a: "succeeded", b: "paused" });
  });

  it("queues again what is taken back when it has been resumed meanwhile", () => {
    const world = World.start(workflow([run("a")], { maxParallelSteps: 1 }));
    world.act(PAUSE);
    world.act(RESUME);
    assert.deepEqual(world.withdraw("a"), [{ kind: "enqueue", path: "a", attempt: 2 }]);
    world.succeedAll();
    assert.equal(world.finished?.status, "succeeded");
  });

  it("opens no iteration, retries nothing and begins no step whose signals have come", () => {
    const world = World.start(
      workflow([
        foreach("load", [1, 2, 3], { maxParallel: 1, steps: [run("copy")] }),
        run("again", { retry: RETRY }),
        run("gated", { waitFor: [GATE] }),
        whileLoop("loop", "loop.i < 2", { steps: [noop("tick")] }),
      ]),
    );
    world.begin("load[0].copy");
    world.fail("again");
    world.succeed("loop[0].tick");
    world.begin("loop[1].tick");
    world.act(PAUSE);
    world.succeed("load[0].copy");
    world.succeed("loop[1].tick");
    world.now += 1000;
    world.send({ kind: "timer", timer: "again" });
    world.send({ kind: "gate_opened", path: "gated", gate: 0 });
    assert.equal(world.queue.size, 0);
    assert.deepEqual(
      ["load[1].copy", "again", "gated", "loop"].map((path) => world.status(path)),
      ["unknown", "paused", "paused", "succeeded"],
    );
    world.act(RESUME);
    world.succeedAll();
    assert.equal(world.finished?.status, "succeeded");
  });

  it("is paused still after the service was there again, with what had not begun", () => {
    const world = World.start(workflow([run("a"), run("b")]));
    world.begin("a");
    world.act(PAUSE);
    world.send({ kind: "recovered", begun: [] });
    assert.deepEqual(world.statuses(), { a: "paused", b: "paused" });
    world.act(RESUME);
    assert.deepEqual(
      [...world.queue],
      [
        ["a", 2],
        ["b", 2],
      ],
    );
  });

  it("can be canceled", () => {
    const world = World.start(workflow([run("a"), run("b", { needs: ["a"] })]));
    world.act(PAUSE);
    world.withdraw("a");
    world.send({ kind: "cancel", by: "bob", reason: "" });
    assert.deepEqual(world.statuses(), { a: "canceled", b: "canceled" });
    assert.equal(world.finished?.status, "canceled");
  });
});

describe("a paused step", () => {
  it("pauses when it is reached, and goes on when it is resumed", () => {
    const world = World.start(workflow([run("a"), run("b", { needs: ["a"] })]));
    world.act({ name: "pause", path: "b" });
    assert.equal(world.status("b"), "waiting");
    world.succeed("a");
    assert.equal(world.reason("b"), "paused by ann: to look");
    assert.deepEqual(world.act({ name: "resume", path: "b" }), [{ kind: "enqueue", path: "b", attempt: 1 }]);
  });

  it("does not pause any more when it was resumed before it was reached", () => {
    const world = World.start(workflow([run("a"), run("b", { needs: ["a"] })]));
    world.act({ name: "pause", path: "b" });
    world.act({ name: "resume", path: "b" });
    world.succeed("a");
    assert.equal(world.status("b"), "queued");
  });

  it("is taken back from the queue of workers", () => {
    const world = World.start(workflow([run("a")]));
    assert.deepEqual(world.act({ name: "pause", path: "a" }), [{ kind: "withdraw", path: "a", attempt: 1 }]);
    world.withdraw("a");
    assert.equal(world.status("a"), "paused");
    assert.equal(world.reason("a"), "paused by ann: to look");
    world.act({ name: "resume", path: "a" });
    world.succeedAll();
    assert.equal(world.finished?.status, "succeeded");
  });

  it("waits on for its signals since the instant it did before", () => {
    const world = World.start(workflow([run("a", { waitFor: [GATE] })]));
    const asked = world.effects.find(({ kind }) => kind === "await_signal");
    assert.deepEqual(world.act({ name: "pause", path: "a" }), [
      { kind: "clear_timer", timer: "a" },
      { kind: "forget_signals", path: "a" },
    ]);
    world.now += 1000;
    assert.deepEqual(world.act({ name: "resume", path: "a" }), [
      asked,
      { kind: "set_timer", timer: "a", at: T0 + 60_000 },
    ]);
    assert.equal(world.status("a"), "waiting_for_signal");
  });
});

describe("a breakpoint", () => {
  const steps = [foreach("load", [1, 2, 3], { steps: [run("copy"), run("audit", { needs: ["copy"] })] })];

  it("pauses every instance of its step, and each goes past it once", () => {
    const world = World.start(workflow(steps));
    world.act({ name: "set_breakpoint", step: "load.audit" });
    for (const item of [0, 1, 2]) world.succeed(`load[${item}].copy`);
    assert.deepEqual(
      [0, 1, 2].map((item) => world.status(`load[${item}].audit`)),
      ["paused", "paused", "paused"],
    );
    assert.equal(world.reason("load[1].audit"), "stopped at the breakpoint set by ann: to look");
    world.act({ name: "resume", path: "load[1].audit" });
    assert.deepEqual([...world.queue.keys()], ["load[1].audit"]);
  });

  it("lets all go on when it is cleared, unless the run is paused", () => {
    const world = World.start(workflow(steps));
    world.act({ name: "set_breakpoint", step: "load.audit" });
    world.succeed("load[0].copy");
    world.act(PAUSE);
    world.act({ name: "clear_breakpoint", step: "load.audit" });
    assert.equal(world.reason("load[0].audit"), "the run is paused by ann: to look");
    world.act(RESUME);
    assert.equal(world.status("load[0].audit"), "queued");
  });

  it("still holds when the run is resumed", () => {
    const world = World.start(workflow(steps));
    world.act({ name: "set_breakpoint", step: "load[0].audit" });
    world.act(PAUSE);
    world.begin("load[0].copy");
    world.begin("load[1].copy");
    world.succeed("load[0].copy");
    world.succeed("load[1].copy");
    world.act(RESUME);
    assert.equal(world.status("load[0].audit"), "paused");
    assert.equal(world.status("load[1].audit"), "queued");
  });

  it("holds an approval before it asks", () => {
    const world = World.start(workflow([run("a"), approval("ask", { needs: ["a"] })]));
    world.act({ name: "set_breakpoint", step: "ask" });
    world.succeed("a");
    world.send({ kind: "approve", path: "ask", by: "ann", approved: true, comment: "" });
    assert.equal(world.status("ask"), "paused");
    world.act({ name: "resume", path: "ask" });
    world.send({ kind: "approve", path: "ask", by: "ann", approved: true, comment: "" });
    assert.equal(world.status("ask"), "succeeded");
  });
});

describe("a skipped step", () => {
  const needers = [run("next", { needs: ["a"] })];

  it("counts as done for those that need it", () => {
    const world = World.start(workflow([run("first"), run("a", { needs: ["first"] }), ...needers]));
    world.act({ name: "skip", path: "a", outputs: null });
    assert.equal(world.reason("a"), "skipped by ann: to look");
    world.succeedAll();
    assert.deepEqual(world.statuses(), { first: "succeeded", a: "skipped", next: "succeeded" });
    assert.equal(world.finished?.status, "succeeded");
  });

  it("that runs is stopped first, and keeps what it achieved before it heard of it", () => {
    const world = World.start(workflow([run("a"), ...needers]));
    world.begin("a");
    assert.deepEqual(world.act({ name: "skip", path: "a", outputs: null }), [
      { kind: "cancel", path: "a", attempt: 1 },
    ]);
    const other = World.start(workflow([run("a"), ...needers]));
    other.act({ name: "skip", path: "a", outputs: null });
    world.end("a", { status: "canceled" });
    other.succeed("a");
    assert.deepEqual([world.status("a"), world.status("next")], ["skipped", "queued"]);
    assert.deepEqual([other.status("a"), other.status("next")], ["succeeded", "queued"]);
  });

  it("gives the outputs that were given for it", () => {
    const outputs = { rows: { name: "int" } } as const;
    const needer = run("next", { needs: ["a"], env: { ROWS: expression("steps.a.outputs.rows") } });
    const world = World.start(workflow([sleep("a", { forMs: 9 }, { outputs }), needer]));
    world.act({ name: "skip", path: "a", outputs: { rows: 7 } });
    const request = world.request("next");
    assert.ok(request.ok && request.request.kind === "run");
    assert.equal(request.request.env["ROWS"], "7");
  });

  it("may be a loop, whose iterations are stopped", () => {
    const world = World.start(
      workflow([foreach("a", [1, 2], { maxParallel: 1, steps: [run("x")] }), ...needers]),
    );
    world.act({ name: "skip", path: "a", outputs: null });
    world.end("a[0].x", { status: "canceled" });
    assert.deepEqual([world.status("a"), world.status("next")], ["skipped", "queued"]);
  });
});

describe("other actions", () => {
  it("bypass opens all gates of a step", () => {
    const world = World.start(workflow([run("a", { waitFor: [GATE, GATE] })]));
    assert.deepEqual(world.act({ name: "bypass", path: "a" }), [
      { kind: "clear_timer", timer: "a" },
      { kind: "forget_signals", path: "a" },
      { kind: "enqueue", path: "a", attempt: 1 },
    ]);
  });

  it("retry ends the delay of a retry", () => {
    const world = World.start(workflow([run("a", { retry: RETRY })]));
    world.fail("a");
    assert.deepEqual(world.act({ name: "retry", path: "a" }), [
      { kind: "clear_timer", timer: "a" },
      { kind: "enqueue", path: "a", attempt: 2 },
    ]);
    world.now += 1000;
    assert.deepEqual(world.send({ kind: "timer", timer: "a" }), []);
  });

  it("set_max_parallel widens and narrows a foreach that is going", () => {
    const items = Array.from({ length: 9 }, (_, item) => item);
    const world = World.start(workflow([foreach("load", items, { maxParallel: 1, steps: [run("copy")] })]));
    world.act({ name: "set_max_parallel", path: "load", maxParallel: 4 });
    assert.equal(world.queue.size, 4);
    assert.equal(world.reason("load"), "max_parallel set to 4 by ann: to look");
    world.act({ name: "set_max_parallel", path: "load", maxParallel: 2 });
    world.succeed("load[0].copy");
    world.succeed("load[1].copy");
    assert.equal(world.queue.size, 2);
    world.succeedAll();
    assert.equal(world.finished?.status, "succeeded");
  });
});

describe("an action that is not allowed", () => {
  const outputs = { rows: { name: "int" } } as const;
  const definition = workflow([
    run("a", { outputs }),
    run("b", { needs: ["a"] }),
    approval("ask"),
    run("gated", { waitFor: [GATE] }),
    foreach("load", [1], { steps: [run("copy")] }),
  ]);

  function refuses(action: Action, words: RegExp, prepare: (world: World) => void = () => undefined): void {
    const world = World.start(definition);
    prepare(world);
    assert.match(actionProblem(world.state, action)?.words ?? "nothing", words);
    assert.deepEqual(world.act(action), []);
  }

  it("says why, and what is possible", () => {
    refuses({ name: "resume", path: null }, /the run is running and not paused; possible now: cancel, pause/);
    refuses(PAUSE, /the run is paused already, by ann; possible now: cancel, resume/, (w) => w.act(PAUSE));
    refuses(PAUSE, /the run is being stopped \(canceled by bob: no\); nothing can be done/, (world) => {
      world.begin("a");
      world.send({ kind: "cancel", by: "bob", reason: "no" });
    });
    refuses({ name: "bypass", path: "a" }, /^it is queued; possible now: pause, skip$/);
    refuses({ name: "retry", path: "b" }, /^it is waiting; possible now: pause, skip$/);
    refuses({ name: "resume", path: "ask" }, /^it waits for approval; possible now: approve, skip$/);
    refuses({ name: "pause", path: "load" }, /^it is running; possible now: skip, set-max-parallel$/);
    refuses({ name: "pause", path: "b" }, /^it is waiting; possible now: resume, skip$/, (world) =>
      world.act({ name: "pause", path: "b" }),
    );
    refuses({ name: "skip", path: "a", outputs: null }, /^it is succeeded; possible now: restart$/, (world) =>
      world.succeed("a", { rows: 1 }),
    );
    refuses(
      { name: "resume", path: "b" },
      /^the whole run is paused: resume that; possible now: skip$/,
      (w) => {
        w.act(PAUSE);
        w.withdraw("a");
        w.act({ name: "skip", path: "a", outputs: null });
      },
    );
  });

  it("says which step there is none of", () => {
    refuses({ name: "skip", path: "nobody", outputs: null }, /its workflow has no step "nobody"/);
    refuses({ name: "skip", path: "load[7].copy", outputs: null }, /no such instance is under way/);
    refuses({ name: "set_breakpoint", step: "load.nobody" }, /its workflow has no step "load.nobody"/);
    refuses({ name: "clear_breakpoint", step: "load.copy" }, /step "load.copy" has no breakpoint/);
    refuses({ name: "set_breakpoint", step: "b" }, /it has one already, set by ann/, (world) =>
      world.act({ name: "set_breakpoint", step: "b" }),
    );
  });

  it("says what is wrong with what was given", () => {
    refuses({ name: "skip", path: "a", outputs: { lines: 1 } }, /the step declares no output "lines"/);
    refuses({ name: "skip", path: "a", outputs: { rows: "many" } }, /output "rows" must be int/);
    refuses({ name: "skip", path: "a", outputs: {} }, /output "rows" is missing/);
    refuses({ name: "set_max_parallel", path: "load", maxParallel: 0 }, /a whole number from 1 up/);
  });
});
