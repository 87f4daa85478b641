import assert from "node:assert/strict";
import { describeWaits } from "@headwater/engine";
import { describe, it } from "mocha";
import { T0, foreach, noop, run, sleep, workflow } from "./builder.js";
import { World } from "./world.js";

describe("describeWaits()", () => {
  it("says of each step that has not ended what keeps it, and nothing of a run that has ended", () => {
    const gates = [{ signal: "updated", match: [], lookbackMs: null, timeoutMs: null }];
    const world = World.start(
      workflow([
        run("extract"),
        run("gated", { waitFor: gates }),
        sleep("nap", { forMs: 60_000 }),
        run("again", { retry: { ...run("again").retry, errors: 2, delayMs: 30_000 } }),
        noop("last", { needs: ["extract", "gated", "nap", "again"] }),
      ]),
    );
    world.begin("extract");
    world.fail("again");
    assert.deepEqual(kinds(world), {
      extract: ["nothing", null],
      gated: ["signal", "waits for the signal updated"],
      nap: ["sleep", `sleeps until ${new Date(T0 + 60_000).toISOString()}`],
      again: ["retry", "attempt 2 of 3 in 30s, because exit code 1"],
      last: ["needs", "waits for extract, gated, nap and 1 more"],
    });
    world.send({ kind: "cancel", by: "ann", reason: "" });
    world.end("extract", { status: "canceled" });
    assert.deepEqual(describeWaits(world.state), []);
  });

  it("tells iterations that have not begun in one line, and those that have by what they wait for", () => {
    const copy = run("copy");
    const load = foreach(
      "load",
      Array.from({ length: 1000 }).map((_, index) => index),
      {
        steps: [copy, noop("check", { needs: ["copy"] })],
        maxParallel: 2,
      },
    );
    const world = World.start(workflow([load]));
    assert.deepEqual(kinds(world), {
      load: ["iterations", "998 of 1000 iterations have not begun: max_parallel lets 2 go on at once"],
      "load[0].copy": ["worker", null],
      "load[0].check": ["needs", "waits for copy"],
      "load[1].copy": ["worker", null],
      "load[1].check": ["needs", "waits for copy"],
    });
    assert.equal(describeWaits(world.state)[0]?.count, 998);
  });

  it("tells what keeps iterations from beginning: the places of the run, and who has paused it", () => {
    const load = foreach("load", [1, 2, 3], { steps: [run("copy")] });
    const world = World.start({ ...workflow([load]), maxParallelSteps: 1 });
    const taken = "the 1 places of the run (max_parallel_steps) are taken";
    assert.deepEqual(kinds(world)["load"], ["iterations", `2 of 3 iterations have not begun: ${taken}`]);
    world.act({ name: "pause", path: null });
    const paused = "the run is paused by ann: to look";
    assert.deepEqual(kinds(world)["load"], ["iterations", `2 of 3 iterations have not begun: ${paused}`]);
  });

  it("tells who waits for a place of the run from who waits for a worker", () => {
    const world = World.start({ ...workflow([run("a"), run("b")]), maxParallelSteps: 1 });
    assert.deepEqual(kinds(world), {
      a: ["worker", null],
      b: ["place", "waits for one of the 1 places of this run"],
    });
  });

  it("says who has paused the run, of steps that could go on otherwise", () => {
    const world = World.start({ ...workflow([run("a"), run("b")]), maxParallelSteps: 1 });
    world.send({
      kind: "action",
      action: { name: "pause", path: null },
      by: "ann",
      reason: "the source is down",
    });
    assert.deepEqual(kinds(world)["b"], ["pause", "the run is paused by ann: the source is down"]);
  });
});

function kinds(world: World): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(
    describeWaits(world.state).map(({ path, kind, reason }) => [path, [kind, reason]]),
  );
}
