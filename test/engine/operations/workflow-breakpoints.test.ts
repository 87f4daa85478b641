import assert from "node:assert/strict";
import { actionProblem, hasStep, knowsBreakpoints } from "@headwater/engine";
import { describe, it } from "mocha";
import { foreach, run, workflow } from "../builder.js";
import { World } from "../world.js";

const LOADING = workflow([
  foreach("load", [1, 2], { steps: [run("copy"), run("check", { needs: ["copy"] })] }),
  run("after", { needs: ["load"] }),
]);
const ANN = { by: "ann", reason: "to look" };

describe("breakpoints of a workflow", () => {
  it("pause every instance of their step, and let those go on when they are taken away", () => {
    const world = new World(LOADING);
    tell(world, "load.check");
    world.send({ kind: "start" });
    world.succeed("load[0].copy");
    assert.equal(world.status("load[0].check"), "paused");
    assert.equal(
      world.reason("load[0].check"),
      "stopped at the breakpoint of the workflow set by ann: to look",
    );
    world.act({ name: "resume", path: "load[0].check" });
    world.succeed("load[1].copy");
    assert.deepEqual([world.status("load[0].check"), world.status("load[1].check")], ["queued", "paused"]);
    tell(world);
    world.succeedAll();
    assert.equal(world.finished?.status, "succeeded");
  });

  it("leave alone what another breakpoint, or somebody, holds", () => {
    const world = World.start(LOADING);
    tell(world, "load.check");
    world.act({ name: "set_breakpoint", step: "load[0].check" });
    world.succeed("load[0].copy");
    tell(world);
    assert.equal(world.reason("load[0].check"), "stopped at the breakpoint set by ann: to look");
    assert.deepEqual(world.status("load[0].check"), "paused");
  });

  it("cannot be taken away from one run, which is told so", () => {
    const world = World.start(LOADING);
    tell(world, "load.check");
    assert.deepEqual(actionProblem(world.state, { name: "clear_breakpoint", step: "load.check" }), {
      kind: "not_allowed",
      words:
        'step "load.check" has no breakpoint of this run; that of the workflow, set by ann: to look, is taken away from "test"',
    });
  });

  it("are known to a run once it was told", () => {
    const world = World.start(LOADING);
    const known = [{ step: "after", ...ANN }];
    assert.deepEqual(
      [knowsBreakpoints(world.state, []), knowsBreakpoints(world.state, known)],
      [true, false],
    );
    tell(world, "after");
    assert.equal(knowsBreakpoints(world.state, known), true);
    assert.equal(knowsBreakpoints(world.state, [{ ...ANN, step: "after", by: "bob" }]), false);
  });

  it("are at steps that a workflow has, in all their iterations", () => {
    const names = ["load", "load.check", "after", "none", "load[0].check", "after.check", ""];
    assert.deepEqual(
      names.filter((name) => hasStep(LOADING, name)),
      ["load", "load.check", "after"],
    );
  });
});

function tell(world: World, ...steps: readonly string[]): void {
  const breakpoints = steps.map((step) => ({ step, ...ANN }));
  world.send({ kind: "workflow_breakpoints", breakpoints });
}
