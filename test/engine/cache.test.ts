import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { child, expression, noop, run, workflow } from "./builder.js";
import { World } from "./world.js";

const CACHE = { key: expression('"day " + string(1 + 1)'), ttlMs: 60_000 };
const ROWS = { rows: { name: "int" } } as const;
const QUESTION = { key: "day 2", ttlMs: 60_000 };

describe("a step with a cache", () => {
  it("asks for an earlier result with its key, and leaves its own to others", () => {
    const world = World.start(workflow([run("extract", { cache: CACHE, outputs: ROWS })]));
    assert.deepEqual(world.effects, [{ kind: "enqueue", path: "extract", attempt: 1, cache: QUESTION }]);
    assert.deepEqual(world.succeed("extract", { rows: 5, other: 1 })[0], {
      kind: "remember",
      path: "extract",
      key: "day 2",
      outputs: { rows: 5 },
    });
  });

  it("reuses an earlier result, and says so", () => {
    const after = noop("after", { needs: ["extract"], if: "steps.extract.outputs.rows == 5" });
    const world = World.start(
      workflow([run("extract", { cache: CACHE, outputs: ROWS }), after], { maxParallelSteps: 1 }),
    );
    const from = "of run 3";
    const effects = world.send({ kind: "cached", path: "extract", attempt: 1, outputs: { rows: 5 }, from });
    assert.deepEqual(effects, [{ kind: "enqueue", path: "after", attempt: 1 }]);
    assert.equal(world.status("extract"), "succeeded");
    assert.equal(world.reason("extract"), "reused, of run 3");
  });

  it("may stand for a whole run", () => {
    const world = World.start(workflow([child("report", { cache: CACHE })]));
    assert.deepEqual(
      world.effects.map((effect) => effect.kind === "start_run" && effect.cache),
      [QUESTION],
    );
    world.send({ kind: "cached", path: "report", attempt: 1, outputs: {}, from: "of run 3" });
    assert.equal(world.finished?.status, "succeeded");
  });

  it("fails when its key cannot be evaluated", () => {
    const world = World.start(
      workflow([run("extract", { cache: { key: expression("1 / 0"), ttlMs: null } })]),
    );
    assert.match(world.reason("extract") ?? "", /^Cannot evaluate "cache.key": /);
  });

  it("passes the permits of a step on with its attempt", () => {
    const world = World.start(workflow([run("extract", { permits: ["orders_api"] })]));
    assert.deepEqual(world.effects, [
      { kind: "enqueue", path: "extract", attempt: 1, permits: ["orders_api"] },
    ]);
  });
});
