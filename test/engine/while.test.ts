import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { expression, foreach, literal, noop, run, whileLoop, workflow } from "./builder.js";
import { World } from "./world.js";

const ROWS = { rows: { name: "int" } } as const;

describe("a while", () => {
  it("goes on, one iteration after the other, as long as its condition holds", () => {
    const world = World.start(workflow([whileLoop("days", "loop.i < 2", { steps: [run("copy")] })]));
    assert.deepEqual([...world.queue.keys()], ["days[0].copy"]);
    world.succeed("days[0].copy");
    assert.deepEqual([...world.queue.keys()], ["days[1].copy"]);
    assert.deepEqual(world.steps.get("days")?.iterations, {
      total: 2,
      running: 1,
      succeeded: 1,
      failed: 0,
      skipped: 0,
    });
    world.succeed("days[1].copy");
    assert.equal(world.status("days"), "succeeded");
    assert.equal(world.finished?.status, "succeeded");
  });

  it("that does not hold at first succeeds without an iteration", () => {
    const world = World.start(workflow([whileLoop("days", "false", { steps: [run("copy")] })]));
    assert.deepEqual(world.statuses(), { days: "succeeded" });
  });

  it("gives its variables their next values from themselves and from the steps of the iteration", () => {
    const copy = run("copy", { outputs: ROWS, env: { AT: expression("loop.unit + string(loop.total)") } });
    const vars = [
      {
        name: "total",
        type: { name: "int" },
        initial: literal(1),
        next: expression("loop.total + steps.copy.outputs.rows"),
      },
      { name: "unit", type: { name: "string" }, initial: literal("#"), next: null },
    ] as const;
    const world = World.start(workflow([whileLoop("days", "loop.total < 10", { vars, steps: [copy] })]));
    assert.equal(envOf(world, "days[0].copy"), "#1");
    world.succeed("days[0].copy", { rows: 4 });
    assert.equal(envOf(world, "days[1].copy"), "#5");
    world.succeed("days[1].copy", { rows: 5 });
    assert.equal(world.status("days"), "succeeded");
  });

  it("gives the outputs of its last iteration", () => {
    const after = run("after", { needs: ["days"], env: { AT: expression("steps.days.outputs.copy.rows") } });
    const world = World.start(
      workflow([whileLoop("days", "loop.i < 2", { steps: [run("copy", { outputs: ROWS })] }), after]),
    );
    world.succeed("days[0].copy", { rows: 10 });
    world.succeed("days[1].copy", { rows: 20 });
    assert.equal(envOf(world, "after"), "20");
  });

  it("gives null where it has left nothing, and lists of what it left inside a foreach", () => {
    const days = whileLoop("days", "loop.i < each.item", { steps: [run("copy", { outputs: ROWS })] });
    const after = run("after", {
      needs: ["load"],
      env: { AT: expression("steps.load.outputs.days.copy.rows") },
    });
    const world = World.start(workflow([foreach("load", [0, 1, 2], { steps: [days] }), after]));
    for (const [index, path] of [...world.queue.keys()].entries()) world.succeed(path, { rows: index });
    world.succeed("load[2].days[1].copy", { rows: 7 });
    assert.equal(envOf(world, "after"), "[null,0,7]");
  });

  it("holds loops whose steps see its variables", () => {
    const inner = foreach("parts", expression("range(0, loop.i + 1)"), {
      over: [{ variable: "part", items: expression("range(0, loop.i + 1)") }],
      steps: [run("copy", { env: { AT: expression('string(loop.i) + "/" + string(each.part)') } })],
    });
    const world = World.start(workflow([whileLoop("days", "loop.i < 2", { steps: [inner] })]));
    world.succeed("days[0].parts[0].copy");
    assert.deepEqual([...world.queue.keys()], ["days[1].parts[0].copy", "days[1].parts[1].copy"]);
    assert.equal(envOf(world, "days[1].parts[1].copy"), "1/1");
    world.succeedAll();
    assert.equal(world.finished?.status, "succeeded");
  });

  it("ends with the first iteration that fails", () => {
    const world = World.start(workflow([whileLoop("days", "loop.i < 9", { steps: [run("copy")] })]));
    world.succeed("days[0].copy");
    world.fail("days[1].copy");
    assert.equal(world.status("days"), "failed");
    assert.equal(world.reason("days"), "days[1].copy: exit code 1");
  });

  it("that would go on beyond its limit fails, and says what to do", () => {
    const steps = [noop("copy", { if: "1 > 2" })];
    const world = World.start(workflow([whileLoop("days", "true", { steps, maxIterations: 50 })]));
    assert.equal(world.status("days"), "failed");
    assert.equal(
      world.reason("days"),
      'Cannot go on: "while" is still true after 50 iterations, the limit of this loop; ' +
        "make sure that true becomes false, or raise max_iterations",
    );
    assert.equal(world.steps.get("days")?.iterations?.skipped, 50);
  });

  it("fails when its condition or a variable cannot be evaluated", () => {
    const steps = [noop("copy", { if: "1 > 2" })];
    const vars = [{ name: "i", type: { name: "int" }, initial: literal(0), next: literal("abc") }] as const;
    const world = World.start(
      workflow([
        whileLoop("condition", "1 / loop.i > 0", { steps }),
        whileLoop("variable", "loop.i == 0", { steps, vars }),
      ]),
    );
    assert.match(world.reason("condition") ?? "", /^Cannot evaluate "while": /);
    assert.equal(world.reason("variable"), '"next.i" must be int, is "abc"');
  });

  it("stops when its timeout is over, or with its run", () => {
    const loop = whileLoop("days", "true", { steps: [run("copy")], timeoutMs: 60_000 });
    const late = World.start(workflow([loop]));
    late.now += 60_000;
    late.send({ kind: "timer", timer: "days" });
    late.end("days[0].copy", { status: "canceled" });
    assert.equal(late.status("days"), "timed_out");
    const canceled = World.start(workflow([loop]));
    canceled.send({ kind: "cancel", by: "ann", reason: "" });
    canceled.end("days[0].copy", { status: "canceled" });
    assert.equal(canceled.status("days"), "canceled");
    assert.equal(canceled.finished?.status, "canceled");
  });
});

function envOf(world: World, path: string): string {
  const request = world.request(path);
  assert.ok(request.ok, request.ok ? "" : request.message);
  const value = request.request.kind === "run" ? request.request.env["AT"] : undefined;
  return typeof value === "string" ? value : "";
}
