import assert from "node:assert/strict";
import { actionProblem } from "@headwater/engine";
import type { Action } from "@headwater/engine";
import { describe, it } from "mocha";
import { foreach, run, workflow } from "../builder.js";
import { World } from "../world.js";

const FINAL = { retryable: false };
const rows = { outputs: { rows: { name: "int" } } } as const;

describe("skipping a step that failed", () => {
  it("lets what follows from it go on in a run that is going", () => {
    const world = World.start(workflow([run("a"), run("b", { needs: ["a"] }), run("other")]));
    world.fail("a", FINAL);
    assert.equal(world.status("b"), "upstream_failed");
    world.act(skip("a"));
    assert.deepEqual(world.statuses(), { a: "skipped", b: "queued", other: "queued" });
    assert.equal(world.reason("a"), "skipped by ann: to look");
    world.succeedAll();
    assert.deepEqual([world.finished?.status, world.finished?.reason], ["succeeded", null]);
  });

  it("sets a run going again that had ended, with outputs in the place of its own, and does nothing else anew", () => {
    const b = run("b", { needs: ["a"], if: "steps.a.outputs.rows > 1" });
    const world = World.start(workflow([run("a", rows), b, run("other")]));
    world.succeed("other");
    world.fail("a", FINAL);
    assert.equal(world.finished?.status, "failed");
    world.act({ name: "skip", path: "a", outputs: { rows: 2 } });
    assert.deepEqual([world.state.status, world.state.attempt], ["queued", 2]);
    world.send({ kind: "start" });
    assert.deepEqual(world.statuses(), { a: "skipped", b: "queued", other: "succeeded" });
    world.succeedAll();
    assert.equal(world.finished?.status, "succeeded");
  });

  it("counts its iteration anew, and its loop and what follows", () => {
    const load = foreach("load", [1, 2], { steps: [run("copy"), run("check", { needs: ["copy"] })] });
    const world = World.start(workflow([load, run("after", { needs: ["load"] })]));
    world.fail("load[0].copy", FINAL);
    world.succeedAll();
    assert.equal(world.finished?.status, "failed");
    world.act(skip("load[0].copy"));
    world.send({ kind: "start" });
    assert.deepEqual([world.status("load[0].copy"), world.status("load[0].check")], ["skipped", "queued"]);
    world.succeedAll();
    assert.deepEqual(world.steps.get("load")?.iterations, {
      total: 2,
      running: 0,
      succeeded: 2,
      failed: 0,
      skipped: 0,
    });
    assert.equal(world.finished?.status, "succeeded");
  });

  it("ends a run at once where nothing follows from the step", () => {
    const world = World.start(workflow([run("a")]));
    world.fail("a", FINAL);
    world.act(skip("a"));
    world.send({ kind: "start" });
    assert.equal(world.finished?.status, "succeeded");
  });

  it("is not for what went well, nor for a whole iteration, nor where what follows is under way", () => {
    const clean = run("clean", { needs: ["a"], require: "all_finished" });
    const load = foreach("load", [1], { steps: [run("copy")] });
    const world = World.start(workflow([run("a"), run("good"), clean, load]));
    world.succeed("good");
    world.fail("a", FINAL);
    world.fail("load[0].copy", FINAL);
    assert.deepEqual(
      ["good", "load[0]", "a", "none"].map((path) => actionProblem(world.state, skip(path))?.words),
      [
        "it is succeeded; possible now: restart",
        'no such instance is under way; "headwater show" lists those that are',
        "clean, which follows from it, is queued; cancel the run, or wait",
        'its workflow has no step "none"',
      ],
    );
  });
});

function skip(path: string): Action {
  return { name: "skip", path, outputs: null };
}
