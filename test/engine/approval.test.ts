import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { approval, expression, run, workflow } from "./builder.js";
import { World } from "./world.js";

const DAY = 86_400_000;

describe("an approval", () => {
  it("is paused until one of the approvers answers", () => {
    const prompt = expression('"Publish " + string(3) + " rows?"');
    const after = run("after", { needs: ["check"], if: 'steps.check.outputs.approved_by == "bob"' });
    const world = World.start(workflow([approval("check", { prompt }), after]));
    assert.equal(world.status("check"), "paused");
    assert.equal(world.reason("check"), "waits for approval by ann or bob: Publish 3 rows?");
    answer(world, { by: "eve" });
    assert.equal(world.status("check"), "paused");
    answer(world, { by: "bob", comment: "fine" });
    assert.deepEqual(world.steps.get("check")?.outputs, { approved_by: "bob", comment: "fine" });
    assert.equal(world.status("after"), "queued");
  });

  it("that is rejected fails its step, once", () => {
    const world = World.start(workflow([approval("check")]));
    answer(world, { approved: false, comment: "too many rows" });
    assert.equal(world.status("check"), "failed");
    assert.equal(world.reason("check"), "rejected by ann: too many rows");
    assert.deepEqual(answer(world, {}), []);
    assert.equal(world.finished?.status, "failed");
  });

  for (const [onTimeout, status] of [
    ["fail", "timed_out"],
    ["reject", "failed"],
    ["approve", "succeeded"],
  ] as const) {
    it(`that nobody answers in time is ${status} with on_timeout ${onTimeout}`, () => {
      const world = World.start(workflow([approval("check", { timeoutMs: DAY, onTimeout })]));
      world.now += DAY;
      world.send({ kind: "timer", timer: "check" });
      assert.equal(world.status("check"), status);
      const told = world.reason("check") ?? world.steps.get("check")?.outputs?.["comment"];
      assert.match(JSON.stringify(told), /nobody answered within 1d"$/);
    });
  }

  it("ends with its run", () => {
    const world = World.start(workflow([approval("check", { timeoutMs: DAY })]));
    world.send({ kind: "cancel", by: "ann", reason: "" });
    assert.equal(world.status("check"), "canceled");
    assert.equal(world.finished?.status, "canceled");
  });
});

function answer(
  world: World,
  {
    by = "ann",
    approved = true,
    comment = "",
  }: Partial<{
    readonly by: string;
    readonly approved: boolean;
    readonly comment: string;
  }>,
): ReturnType<World["send"]> {
  return world.send({ kind: "approve", path: "check", by, approved, comment });
}
