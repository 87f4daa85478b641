import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { foreach, run, workflow } from "./builder.js";
import { World } from "./world.js";

const FINAL = { retryable: false };
const FULL = { ...FINAL, message: "no space" };

describe("the reason of a run that failed", () => {
  it("is what failed first", () => {
    const world = World.start(workflow([run("a"), run("b")]));
    world.fail("b", FULL);
    world.fail("a", FINAL);
    assert.equal(world.finished?.reason, "b: no space");
  });

  it("is what is still failed when the first was skipped after its end", () => {
    const world = World.start(workflow([run("a"), run("b")]));
    world.fail("a", FINAL);
    world.fail("b", FULL);
    skip(world, "a");
    world.send({ kind: "start" });
    assert.deepEqual([world.finished?.status, world.finished?.reason], ["failed", "b: no space"]);
  });

  it("outlives the skip of a step whose name the failed one begins with", () => {
    const world = World.start(workflow([run("load_users"), run("load"), run("other")]));
    world.fail("load_users", FINAL);
    world.fail("load", FINAL);
    skip(world, "load");
    world.succeedAll();
    assert.equal(world.finished?.reason, "load_users: exit code 1");
  });

  it("is no step that went well the second time", () => {
    const world = World.start(workflow([run("a"), run("b")]));
    world.fail("a", FINAL);
    world.restart({ from: "step", path: "a" });
    world.succeed("a");
    world.fail("b", FULL);
    assert.equal(world.finished?.reason, "b: no space");
  });

  it("is the step that failed itself, not one that could not run because of it", () => {
    const world = World.start(workflow([run("after", { needs: ["b"] }), run("a"), run("b")]));
    world.fail("a", FINAL);
    world.fail("b", FULL);
    skip(world, "a");
    world.send({ kind: "start" });
    assert.equal(world.finished?.reason, "b: no space");
  });

  it("names for a loop an iteration that is still failed", () => {
    const world = World.start(workflow([foreach("copy", [1, 2, 3], { steps: [run("one")] })]));
    world.fail("copy[1].one", FINAL);
    world.fail("copy[2].one", FINAL);
    world.succeedAll();
    assert.equal(world.reason("copy"), "2 of 3 iterations failed; the first: copy[1].one: exit code 1");
    skip(world, "copy[1].one");
    world.send({ kind: "start" });
    assert.equal(world.reason("copy"), "1 of 3 iterations failed; the first: copy[2].one");
    assert.equal(world.finished?.reason, `copy: ${world.reason("copy")}`);
  });
});

function skip(world: World, path: string): void {
  world.act({ name: "skip", path, outputs: null });
}
