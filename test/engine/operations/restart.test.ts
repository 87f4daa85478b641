import assert from "node:assert/strict";
import { actionProblem } from "@headwater/engine";
import type { Action } from "@headwater/engine";
import type { StepDefinition } from "@headwater/workflow";
import { describe, it } from "mocha";
import { approval, expression, foreach, noop, run, sleep, whileLoop, workflow } from "../builder.js";
import { World } from "../world.js";

const OUTPUTS = { rows: { name: "int" } } as const;
const COPIES = [run("copy", { outputs: OUTPUTS }), run("audit", { needs: ["copy"] })];

type Restart = Action & { readonly name: "restart" };

function problem(world: World, how: Partial<Restart>): string {
  const nothing = { path: null, params: null, version: null, previous: null };
  const action = { name: "restart", from: "incomplete", ...nothing, ...how } as const;
  return actionProblem(world.state, action)?.words ?? "";
}

describe("a run restarted from what is incomplete", () => {
  it("keeps what succeeded, and does the rest again with attempts that none had before", () => {
    const world = World.start(
      workflow([run("a"), run("b"), run("c", { needs: ["a", "b"] }), run("d", { needs: ["a"] })]),
    );
    world.succeed("a");
    world.succeed("d");
    world.fail("b");
    assert.equal(world.finished?.status, "failed");
    assert.deepEqual(world.restart(), [{ kind: "requeue" }, { kind: "enqueue", path: "b", attempt: 2 }]);
    assert.deepEqual(world.statuses(), { a: "succeeded", d: "succeeded", b: "queued", c: "waiting" });
    assert.equal(world.reason("c"), "waits for b");
    world.succeedAll();
    assert.equal(world.finished?.status, "succeeded");
    assert.equal(world.state.attempt, 2);
  });

  it("does handlers and clean-ups of what failed again", () => {
    const world = World.start(
      workflow([
        run("a"),
        run("handler", { needs: ["a"], require: "any_failed" }),
        run("cleanup", { needs: ["a"], require: "all_finished" }),
      ]),
    );
    world.fail("a");
    world.succeedAll();
    assert.equal(world.finished?.status, "failed");
    world.restart();
    world.succeedAll();
    assert.deepEqual(world.statuses(), { a: "succeeded", handler: "skipped", cleanup: "succeeded" });
    assert.equal(world.finished?.status, "succeeded");
  });

  it("keeps what somebody skipped, and counts it as done", () => {
    const world = World.start(workflow([run("a"), run("b"), run("c", { needs: ["a", "b"] })]));
    world.act({ name: "skip", path: "a", outputs: null });
    world.end("a", { status: "canceled" });
    world.fail("b");
    world.restart();
    world.succeedAll();
    assert.deepEqual(world.statuses(), { a: "skipped", b: "succeeded", c: "succeeded" });
  });

  it("does of a loop only the iterations that did not succeed, and gives the outputs of all", () => {
    const after = run("after", {
      needs: ["load"],
      env: { ROWS: expression("steps.load.outputs.copy.rows") },
    });
    const world = World.start(workflow([foreach("load", [1, 2, 3, 4], { steps: COPIES }), after]));
    for (const item of [0, 1, 2, 3]) world.succeed(`load[${item}].copy`, { rows: item });
    world.succeed("load[0].audit");
    world.fail("load[1].audit");
    world.succeed("load[2].audit");
    world.fail("load[3].audit");
    assert.deepEqual(world.steps.get("load")?.iterations, {
      total: 4,
      running: 0,
      succeeded: 2,
      failed: 2,
      skipped: 0,
    });
    world.restart();
    assert.deepEqual(
      [...world.queue],
      [
        ["load[1].audit", 2],
        ["load[3].audit", 2],
      ],
    );
    assert.deepEqual(world.steps.get("load")?.iterations, {
      total: 4,
      running: 2,
      succeeded: 2,
      failed: 0,
      skipped: 0,
    });
    world.succeed("load[1].audit");
    world.succeed("load[3].audit");
    const request = world.request("after");
    assert.ok(request.ok && request.request.kind === "run");
    assert.equal(request.request.env["ROWS"], "[0,1,2,3]");
    world.succeedAll();
    assert.equal(world.finished?.status, "succeeded");
    assert.deepEqual(world.steps.get("load")?.iterations, {
      total: 4,
      running: 0,
      succeeded: 4,
      failed: 0,
      skipped: 0,
    });
  });

  it("keeps to the width of the loop, and goes on with the iterations that never began", () => {
    const items = [1, 2, 3, 4, 5];
    const world = World.start(
      workflow([foreach("load", items, { maxParallel: 2, onFailure: "stop_new", steps: [run("copy")] })]),
    );
    world.fail("load[0].copy");
    world.fail("load[1].copy");
    assert.deepEqual(world.steps.get("load")?.iterations, {
      total: 5,
      running: 0,
      succeeded: 0,
      failed: 2,
      skipped: 3,
    });
    world.restart();
    assert.deepEqual([...world.queue.keys()], ["load[0].copy", "load[1].copy"]);
    world.succeed("load[0].copy");
    assert.deepEqual([...world.queue.keys()], ["load[1].copy", "load[2].copy"]);
    world.succeedAll();
    assert.deepEqual(world.steps.get("load")?.iterations, {
      total: 5,
      running: 0,
      succeeded: 5,
      failed: 0,
      skipped: 0,
    });
    assert.equal(world.finished?.status, "succeeded");
  });

  it("counts exactly also when the iterations that it does again are stopped again", () => {
    const world = World.start(
      workflow([foreach("load", [1, 2, 3], { maxParallel: 1, onFailure: "continue", steps: [run("copy")] })]),
    );
    for (const item of [0, 1, 2]) world.fail(`load[${item}].copy`);
    world.restart();
    world.begin("load[0].copy");
    world.send({ kind: "cancel", by: "bob", reason: "" });
    world.end("load[0].copy", { status: "canceled" });
    assert.deepEqual(world.steps.get("load")?.iterations, {
      total: 3,
      running: 0,
      succeeded: 0,
      failed: 0,
      skipped: 3,
    });
    assert.equal(world.status("load[2].copy"), "canceled");
    world.restart();
    world.succeedAll();
    assert.deepEqual(world.steps.get("load")?.iterations, {
      total: 3,
      running: 0,
      succeeded: 3,
      failed: 0,
      skipped: 0,
    });
  });

  it("goes on within loops of loops", () => {
    const inner = foreach("parts", [1, 2], { steps: [run("copy")] });
    const world = World.start(workflow([foreach("load", [1, 2], { steps: [inner] })]));
    world.succeed("load[0].parts[0].copy");
    world.succeed("load[0].parts[1].copy");
    world.succeed("load[1].parts[0].copy");
    world.fail("load[1].parts[1].copy");
    world.restart();
    assert.deepEqual([...world.queue], [["load[1].parts[1].copy", 2]]);
    world.succeedAll();
    assert.equal(world.finished?.status, "succeeded");
  });

  it("does the last iteration of a while again with its variables", () => {
    const world = World.start(
      workflow([whileLoop("loop", "loop.i < 3", { steps: [run("a"), run("b", { needs: ["a"] })] })]),
    );
    world.succeed("loop[0].a");
    world.succeed("loop[0].b");
    world.succeed("loop[1].a");
    world.fail("loop[1].b");
    world.restart();
    assert.deepEqual([...world.queue], [["loop[1].b", 2]]);
    world.succeedAll();
    assert.deepEqual(world.steps.get("loop")?.iterations, {
      total: 3,
      running: 0,
      succeeded: 3,
      failed: 0,
      skipped: 0,
    });
    assert.equal(world.finished?.status, "succeeded");
  });

  it("after a cancellation asks for approvals and sleeps anew", () => {
    const world = World.start(workflow([approval("ask"), sleep("nap", { forMs: 9 }), run("a")]));
    world.succeed("a");
    world.send({ kind: "cancel", by: "bob", reason: "" });
    assert.equal(world.finished?.status, "canceled");
    world.restart();
    assert.deepEqual(world.statuses(), { ask: "paused", nap: "running", a: "succeeded" });
  });

  it("does again what reads a param that is another one now", () => {
    const date = { name: "date", type: { name: "date" } } as const;
    const reader = run("reader", { env: { DATE: expression("params.date") } });
    const world = World.start(workflow([reader, run("other"), run("bad")], { params: [date] }));
    world.succeed("reader");
    world.succeed("other");
    world.fail("bad");
    world.restart({ params: { date: "2026-03-02" } });
    assert.deepEqual(world.statuses(), { reader: "queued", other: "succeeded", bad: "queued" });
    const request = world.request("reader");
    assert.ok(request.ok && request.request.kind === "run");
    assert.equal(request.request.env["DATE"], "2026-03-02");
  });
});

describe("a run restarted from the beginning", () => {
  it("does everything again, with numbers for its attempts that none had before", () => {
    const steps = [run("a"), foreach("load", [1, 2], { steps: [run("copy")] })];
    const world = World.start(workflow(steps));
    world.succeedAll();
    assert.equal(world.finished?.status, "succeeded");
    const effects = world.restart({ from: "beginning" });
    assert.deepEqual(effects, [
      { kind: "requeue" },
      { kind: "forget_steps", path: "load", isGone: false },
      { kind: "enqueue", path: "a", attempt: 2 },
      { kind: "enqueue", path: "load[0].copy", attempt: 2 },
      { kind: "enqueue", path: "load[1].copy", attempt: 2 },
    ]);
    world.send({
      kind: "attempt_ended",
      path: "a",
      attempt: 1,
      result: { status: "succeeded", outputs: {} },
    });
    assert.equal(world.status("a"), "queued");
    world.succeedAll();
    assert.equal(world.finished?.status, "succeeded");
  });

  it("sees its attempt in expressions", () => {
    const world = World.start(workflow([run("a", { env: { N: expression("run.attempt") } })]));
    world.fail("a");
    world.restart();
    const request = world.request("a");
    assert.ok(request.ok && request.request.kind === "run");
    assert.equal(request.request.env["N"], "2");
  });

  it("emits what it emits again, under another key", () => {
    const world = World.start(workflow([noop("a", { emit: [{ signal: "ready", params: {} }] })]));
    world.succeedAll();
    world.restart({ from: "beginning" });
    world.succeedAll();
    const keys = world.effects.flatMap((effect) => (effect.kind === "emit" ? effect.key : []));
    assert.deepEqual(keys, ["a/0", "a/2/0"]);
  });

  it("can be canceled while it waits for its turn, and tells the steps", () => {
    const world = World.start(workflow([run("a"), run("b", { needs: ["a"] })]));
    world.succeedAll();
    world.act({
      name: "restart",
      from: "beginning",
      path: null,
      params: null,
      version: null,
      previous: null,
    });
    assert.equal(world.state.status, "queued");
    world.send({ kind: "cancel", by: "bob", reason: "" });
    assert.deepEqual(world.statuses(), { a: "canceled", b: "canceled" });
    assert.equal(world.finished?.status, "canceled");
  });
});

describe("a step that is done again", () => {
  const steps: readonly StepDefinition[] = [
    run("first"),
    foreach("load", [1, 2, 3], { needs: ["first"], steps: COPIES }),
    run("after", { needs: ["load"] }),
    run("other"),
  ];

  function ended(): World {
    const world = World.start(workflow(steps));
    world.succeed("first");
    for (const item of [0, 1, 2]) world.succeed(`load[${item}].copy`, { rows: item });
    world.succeedAll();
    return world;
  }

  it("is followed by all that needs it", () => {
    const world = ended();
    world.restart({ from: "step", path: "load" });
    assert.deepEqual([...world.queue.keys()], ["load[0].copy", "load[1].copy", "load[2].copy"]);
    assert.deepEqual(
      [world.status("first"), world.status("after"), world.status("other")],
      ["succeeded", "waiting", "succeeded"],
    );
  });

  it("may be one iteration, or a step of one", () => {
    const one = ended();
    one.restart({ from: "step", path: "load[1]" });
    assert.deepEqual([...one.queue], [["load[1].copy", 2]]);
    assert.deepEqual(one.steps.get("load")?.iterations, {
      total: 3,
      running: 1,
      succeeded: 2,
      failed: 0,
      skipped: 0,
    });
    one.succeed("load[1].copy", { rows: 9 });
    one.succeed("load[1].audit");
    assert.equal(one.status("after"), "queued");
    one.succeedAll();
    assert.equal(one.finished?.status, "succeeded");
    const other = ended();
    other.restart({ from: "step", path: "load[2].audit" });
    assert.deepEqual([...other.queue], [["load[2].audit", 2]]);
  });

  it("may lie within a run that goes on, also in a loop that does", () => {
    const world = World.start(workflow(steps));
    world.succeed("first");
    world.fail("load[0].copy");
    assert.deepEqual(world.steps.get("load")?.iterations, {
      total: 3,
      running: 2,
      succeeded: 0,
      failed: 1,
      skipped: 0,
    });
    world.restart({ from: "step", path: "load[0]" });
    assert.equal(world.queue.get("load[0].copy"), 2);
    assert.deepEqual(world.steps.get("load")?.iterations, {
      total: 3,
      running: 3,
      succeeded: 0,
      failed: 0,
      skipped: 0,
    });
    for (const item of [0, 1, 2]) world.succeed(`load[${item}].copy`, { rows: item });
    world.succeedAll();
    assert.equal(world.finished?.status, "succeeded");
  });

  it("is refused where it makes no sense, in words", () => {
    const world = World.start(workflow(steps));
    assert.match(problem(world, { from: "step", path: "other" }), /^other is queued; only what has ended/);
    assert.match(
      problem(world, { from: "step", path: "load[0]" }),
      /the iterations of "load" are not kept, or have not/,
    );
    world.succeed("first");
    assert.match(
      problem(world, { from: "step", path: "first" }),
      /^load, which follows from it, is running; cancel/,
    );
    assert.match(
      problem(world, { from: "step", path: "load[7]" }),
      /there is no such iteration, or it has not begun/,
    );
    assert.match(problem(world, { from: "step", path: "none" }), /its workflow has no step "none"/);
    assert.match(problem(world, {}), /^the run is running and not paused; possible now: cancel/);
    assert.match(problem(world, { from: "step", path: "first", params: {} }), /only one that has ended/);
    world.send({ kind: "cancel", by: "bob", reason: "no" });
    assert.match(problem(world, {}), /^the run is being stopped \(canceled by bob: no\)/);
    const whole = ended();
    assert.match(problem(whole, {}), /^nothing of it is incomplete; restart it from the beginning/);
    whole.act({
      name: "restart",
      from: "beginning",
      path: null,
      params: null,
      version: null,
      previous: null,
    });
    assert.match(problem(whole, { from: "beginning" }), /^the run is queued and not paused; possible now/);
    assert.match(problem(whole, { from: "step", path: "first" }), /^the run is queued/);
  });

  it("is refused within a loop that was stopped, whose other iterations were not done", () => {
    const world = World.start(
      workflow([foreach("load", [1, 2], { onFailure: "stop_all", steps: [run("copy")] })]),
    );
    world.fail("load[0].copy");
    world.end("load[1].copy", { status: "canceled" });
    assert.match(problem(world, { from: "step", path: "load[0]" }), /^load was stopped; restart all of load/);
  });
});
