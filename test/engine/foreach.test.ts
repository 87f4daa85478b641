import assert from "node:assert/strict";
import { QUEUED_AHEAD } from "@headwater/engine";
import { describe, it } from "mocha";
import { expression, foreach, literal, noop, run, workflow } from "./builder.js";
import { World } from "./world.js";

const ROWS = { rows: { name: "int" } } as const;

describe("a foreach", () => {
  it("opens as many iterations as its window allows, in order", () => {
    const world = World.start(
      workflow([foreach("load", [1, 2, 3], { maxParallel: 2, steps: [run("copy")] })]),
    );
    assert.deepEqual([...world.queue.keys()], ["load[0].copy", "load[1].copy"]);
    assert.deepEqual(world.succeed("load[1].copy"), [{ kind: "enqueue", path: "load[2].copy", attempt: 1 }]);
    assert.deepEqual(world.steps.get("load")?.iterations, {
      total: 3,
      running: 2,
      succeeded: 1,
      failed: 0,
      skipped: 0,
    });
    world.succeedAll();
    assert.equal(world.status("load"), "succeeded");
    assert.equal(world.finished?.status, "succeeded");
  });

  it("over nothing succeeds", () => {
    const world = World.start(
      workflow([foreach("load", [], { steps: [run("copy")] }), run("after", { needs: ["load"] })]),
    );
    assert.deepEqual(world.statuses(), { load: "succeeded", after: "queued" });
  });

  it("over several variables is their product, the last varying fastest", () => {
    const copy = run("copy", { env: { AT: expression('each.a + each.b + "@" + string(each.index)') } });
    const over = [
      { variable: "a", items: literal(["x", "y"]) },
      { variable: "b", items: literal(["1", "2"]) },
    ];
    const world = World.start(workflow([foreach("load", [], { over, steps: [copy] })]));
    assert.deepEqual(
      [...world.queue.keys()].map((path) => envOf(world, path)),
      ["x1@0", "x2@1", "y1@2", "y2@3"],
    );
  });

  it("of 100,000 items is opened, of one more fails and says so", () => {
    const open = (count: number): World =>
      World.start(
        workflow([
          foreach("load", literal(Array.from({ length: count }, (_, n) => n)), {
            maxParallel: 1,
            steps: [run("copy")],
          }),
        ]),
      );
    assert.equal(open(100_000).status("load"), "running");
    assert.equal(
      open(100_001).reason("load"),
      "Cannot start foreach: it has 100001 iterations, the limit is 100000; loop over fewer items",
    );
  });

  it("of too many iterations, or over what is no list, fails and says so", () => {
    const steps = [noop("copy")];
    const over = ["a", "b"].map((variable) => ({ variable, items: expression("range(0, 317)") }));
    const many = foreach("many", [], { over, steps });
    const world = World.start(workflow([many, foreach("text", literal("abc"), { steps })]));
    assert.deepEqual(world.statuses(), { many: "failed", text: "failed" });
    assert.equal(
      world.reason("many"),
      "Cannot start foreach: it has 100489 iterations, the limit is 100000; loop over fewer items",
    );
    assert.equal(world.reason("text"), 'Cannot evaluate the items of "item": must be a list, is a string');
  });

  it("over items of mixed types runs each, as the text that a process sees of it", () => {
    const items = literal([1, 2.5, "x", true, null, [1, "a"], { k: 1 }]);
    const world = World.start(
      workflow([foreach("load", items, { steps: [run("copy", { env: { AT: expression("each.item") } })] })]),
    );
    assert.deepEqual(
      [...world.queue.keys()].map((path) => envOf(world, path)),
      ["1", "2.5", "x", "true", "", '[1,"a"]', '{"k":1}'],
    );
  });

  it("goes on after a failure by default, and fails when all have ended", () => {
    const world = World.start(
      workflow([
        foreach("load", [1, 2, 3], {
          maxParallel: 1,
          steps: [run("copy"), run("audit", { needs: ["copy"] })],
        }),
      ]),
    );
    world.fail("load[0].copy");
    assert.equal(world.status("load[0].audit"), "upstream_failed");
    world.succeedAll();
    assert.equal(world.status("load"), "failed");
    assert.equal(world.reason("load"), "1 of 3 iterations failed; the first: load[0].copy: exit code 1");
    assert.deepEqual(world.steps.get("load")?.iterations, {
      total: 3,
      running: 0,
      succeeded: 2,
      failed: 1,
      skipped: 0,
    });
  });

  it("with stop_new opens no more after a failure, and lets the others end", () => {
    const world = World.start(
      workflow([
        foreach("load", [1, 2, 3, 4], { maxParallel: 2, onFailure: "stop_new", steps: [run("copy")] }),
      ]),
    );
    assert.deepEqual(world.fail("load[0].copy"), []);
    world.succeed("load[1].copy");
    assert.equal(world.status("load"), "failed");
    assert.deepEqual(world.steps.get("load")?.iterations, {
      total: 4,
      running: 0,
      succeeded: 1,
      failed: 1,
      skipped: 2,
    });
  });

  it("with stop_all cancels the others", () => {
    const steps = [run("copy"), run("audit", { needs: ["copy"], require: "all_finished" })];
    const world = World.start(
      workflow([foreach("load", [1, 2, 3], { maxParallel: 2, onFailure: "stop_all", steps })]),
    );
    world.fail("load[0].copy");
    assert.deepEqual(world.fail("load[0].audit"), [{ kind: "cancel", path: "load[1].copy", attempt: 1 }]);
    world.end("load[1].copy", { status: "canceled" });
    assert.equal(world.status("load[1].audit"), "canceled");
    assert.equal(world.status("load"), "failed");
    assert.equal(world.finished?.status, "failed");
  });

  it("gives its outputs as lists in order, null where a step did not succeed", () => {
    const after = run("after", {
      needs: ["load"],
      require: "all_finished",
      env: { AT: expression("steps.load.outputs.copy.rows") },
    });
    const world = World.start(
      workflow([foreach("load", [1, 2, 3], { steps: [run("copy", { outputs: ROWS })] }), after]),
    );
    world.succeed("load[2].copy", { rows: 30 });
    world.fail("load[1].copy");
    world.succeed("load[0].copy", { rows: 10 });
    assert.equal(envOf(world, "after"), "[10,null,30]");
  });

  it("nests, and steps see their siblings before those of outer levels", () => {
    const inner = foreach("parts", expression("range(0, each.item)"), {
      over: [{ variable: "part", items: expression("range(0, each.item)") }],
      steps: [
        run("copy", {
          outputs: ROWS,
          env: {
            AT: expression(
              'string(each.item) + "/" + string(each.part) + "/" + string(steps.first.outputs.rows)',
            ),
          },
        }),
      ],
    });
    const outer = foreach("load", [1, 2], {
      steps: [run("first", { outputs: ROWS }), { ...inner, needs: ["first"] }],
    });
    const after = run("after", {
      needs: ["load"],
      env: { AT: expression("steps.load.outputs.parts.copy.rows") },
    });
    const world = World.start(
      workflow([run("first", { outputs: ROWS }), { ...outer, needs: ["first"] }, after]),
    );
    world.succeed("first", { rows: 1 });
    world.succeed("load[0].first", { rows: 2 });
    world.succeed("load[1].first", { rows: 3 });
    assert.equal(envOf(world, "load[1].parts[1].copy"), "2/1/3");
    for (const [index, path] of [...world.queue.keys()].entries()) world.succeed(path, { rows: index });
    assert.equal(envOf(world, "after"), "[[0],[1,2]]");
  });

  it("skips the iterations in which every step is skipped, all 100,000 of them in one go", () => {
    const world = World.start(
      workflow([foreach("load", expression("range(0, 100000)"), { steps: [noop("copy", { if: "false" })] })]),
    );
    assert.deepEqual(world.steps.get("load")?.iterations, {
      total: 100_000,
      running: 0,
      succeeded: 0,
      failed: 0,
      skipped: 100_000,
    });
    assert.equal(world.finished?.status, "succeeded");
  });

  it("of 100,000 iterations of two steps runs to its end", () => {
    const steps = [noop("copy"), noop("audit", { needs: ["copy"] })];
    const world = World.start(workflow([foreach("load", expression("range(0, 100000)"), { steps })]));
    assert.equal(world.queue.size, QUEUED_AHEAD);
    world.succeedAll();
    assert.equal(world.steps.get("load")?.iterations?.succeeded, 100_000);
    assert.equal(world.finished?.status, "succeeded");
  });

  it("that would bring the run over its limit of jobs fails, and says what to do", () => {
    const steps = ["a", "b", "c", "d", "e", "f"].map((id) => run(id));
    const loops = ["days", "hours"].map((id) => foreach(id, expression("range(0, 100000)"), { steps }));
    const world = World.start(workflow(loops));
    assert.deepEqual([world.status("days"), world.status("hours")], ["running", "failed"]);
    assert.equal(
      world.reason("hours"),
      "Cannot start foreach: with its 100000 iterations of 6 jobs the run would have 1200000 jobs, " +
        "the limit is 1000000; loop over fewer items, or do more in one job",
    );
  });

  it("opens no more than the run has need of, and lets loops side by side take turns", () => {
    const items = [1, 2, 3, 4, 5];
    const loops = ["a", "b"].map((id) =>
      foreach(id, items, { steps: [run("x"), run("y", { needs: ["x"] })] }),
    );
    const world = World.start(workflow(loops, { maxParallelSteps: 3 }));
    assert.deepEqual([...world.queue.keys()], ["a[0].x", "b[0].x", "a[1].x"]);
    world.succeed("b[0].x");
    assert.deepEqual([...world.queue.keys()], ["a[0].x", "a[1].x", "b[0].y"]);
    world.succeed("b[0].y");
    assert.deepEqual([...world.queue.keys()], ["a[0].x", "a[1].x", "b[1].x"]);
  });

  it("opens inner iterations before the next outer one", () => {
    const inner = foreach("in", [1, 2], { steps: [run("x")] });
    const world = World.start(
      workflow([foreach("out", [1, 2], { steps: [inner] })], { maxParallelSteps: 3 }),
    );
    assert.deepEqual([...world.queue.keys()], ["out[0].in[0].x", "out[0].in[1].x", "out[1].in[0].x"]);
  });

  it("ends when it is stopped before the run has need of its first iteration", () => {
    const steps = [run("x")];
    const world = World.start(
      workflow([run("a"), foreach("load", [1, 2], { steps })], { maxParallelSteps: 1 }),
    );
    assert.deepEqual(world.statuses(), { a: "queued", load: "running" });
    world.send({ kind: "cancel", by: "ann", reason: "" });
    assert.equal(world.status("load"), "canceled");
    world.end("a", { status: "canceled" });
    assert.equal(world.finished?.status, "canceled");
  });

  it("stops when its own timeout is over", () => {
    const world = World.start(workflow([foreach("load", [1], { timeoutMs: 60_000, steps: [run("copy")] })]));
    world.now += 60_000;
    assert.deepEqual(world.send({ kind: "timer", timer: "load" }), [
      { kind: "cancel", path: "load[0].copy", attempt: 1 },
    ]);
    world.end("load[0].copy", { status: "canceled" });
    assert.equal(world.status("load"), "timed_out");
  });
});

function envOf(world: World, path: string): string {
  const request = world.request(path);
  assert.ok(request.ok, request.ok ? "" : request.message);
  const value = request.request.kind === "run" ? request.request.env["AT"] : undefined;
  return typeof value === "string" ? value : "";
}
