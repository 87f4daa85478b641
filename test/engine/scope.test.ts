import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { expression, foreach, noop, run, workflow } from "./builder.js";
import { World } from "./world.js";

const FILES = { files: { name: "json" } } as const;

describe("the scope of a step", () => {
  it("holds what an earlier step left without converting it again for each of 10,000 iterations", () => {
    const files = Array.from({ length: 10_000 }, (_, index) => ({
      url: `s3://bucket/file-${index}`,
      size: index,
    }));
    const copy = noop("copy", { if: "steps.list.outputs.files[each.index].size >= 0" });
    const load = foreach("load", expression("steps.list.outputs.files"), { needs: ["list"], steps: [copy] });
    const world = World.start(
      workflow([run("list", { outputs: FILES }), load], { maxParallelSteps: 10_000 }),
    );
    const before = process.cpuUsage();
    world.succeed("list", { files });
    const { user } = process.cpuUsage(before);
    assert.equal(world.queue.size, 10_000);
    // Some 150 ms; converting the list for each iteration took 6.5 s.
    assert.ok(user < 1_000_000, `took ${user} µs`);
  });

  it("holds no outputs of a step that did not succeed", () => {
    const table = [
      ["!has(steps.list.outputs.files)", "queued"],
      ["steps.list.outputs.?files.orValue([]) == []", "queued"],
      ['steps.list.status == "succeeded" && steps.list.outputs.files != null', "skipped"],
      ["steps.list.outputs.files == null", "failed"],
    ] as const;
    for (const [condition, status] of table) {
      const after = noop("after", { needs: ["list"], require: "all_finished", if: condition });
      const world = World.start(workflow([run("list", { outputs: FILES }), after]));
      world.fail("list");
      assert.equal(world.status("after"), status, condition);
    }
  });
});
