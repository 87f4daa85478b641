import assert from "node:assert/strict";
import { outerWaits } from "@headwater/engine";
import { describe, it } from "mocha";
import { T0, foreach, noop, run, whileLoop, workflow } from "./builder.js";
import { World } from "./world.js";

describe("outerWaits()", () => {
  it("tells of an iteration that has not begun what holds up its loop, of one that goes on what is within, of others nothing", () => {
    const copy = run("copy");
    const load = foreach("load", [1, 2, 3, 4, 5], {
      steps: [copy, noop("check", { needs: ["copy"] })],
      maxParallel: 2,
    });
    const later = foreach("later", [1, 2], { needs: ["load"], steps: [run("x")] });
    const world = World.start(workflow([load, later]));
    world.succeed("load[0].copy");
    world.succeed("load[0].check");
    const unopened = ["load", "2 of 5 iterations have not begun: max_parallel lets 2 go on at once"];
    assert.deepEqual(told(world, "load[4]"), [unopened]);
    assert.deepEqual(told(world, "load[4].check"), [unopened]);
    assert.deepEqual(told(world, "load[1]"), [
      ["load[1].copy", null],
      ["load[1].check", "waits for copy"],
    ]);
    assert.deepEqual(told(world, "load[0].copy"), []);
    assert.deepEqual(told(world, "later[7].x"), [["later", "waits for load"]]);
  });

  it("tells of a later iteration of a while which one goes on", () => {
    const poll = whileLoop("poll", "true", { steps: [run("ask")], maxIterations: 5 });
    const world = World.start(workflow([poll]));
    const turn = "poll[0] goes on; the next one begins when it has ended, if the condition still holds";
    assert.deepEqual(told(world, "poll[3].ask"), [["poll", turn]]);
    assert.equal(told(world, "poll[5]"), '"poll" has at most 5 iterations, numbered from 0');
  });

  it("says why there is no such thing", () => {
    const world = World.start(workflow([foreach("load", [1, 2], { steps: [run("copy")] }), run("a")]));
    assert.equal(told(world, "load[2].copy"), '"load" has 2 iterations, numbered from 0');
    assert.equal(told(world, "load[x]"), 'iterations of "load" are numbered from 0');
    assert.equal(told(world, "a[0]"), '"a" is no loop');
    assert.equal(told(world, "load[0].none"), 'the workflow has no step "load[0].none"');
  });
});

function told(world: World, path: string): string | readonly (readonly [string, string | null])[] {
  assert.ok(world.state.startedAt === T0);
  const outer = outerWaits(world.state, path);
  return outer.kind === "unknown"
    ? outer.words
    : outer.waits.map((wait) => [wait.path, wait.reason] as const);
}
