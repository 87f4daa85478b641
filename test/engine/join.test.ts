import assert from "node:assert/strict";
import type { Require } from "@headwater/workflow";
import { describe, it } from "mocha";
import { run, workflow } from "./builder.js";
import { World } from "./world.js";

describe("joins", () => {
  const table: readonly (readonly [Require, string, string])[] = [
    // s succeeded, f failed, k skipped, i failed and ignored, u upstream failed
    ["all_succeeded", "ss", "queued"],
    ["all_succeeded", "si", "queued"],
    ["all_succeeded", "sf", "upstream_failed"],
    ["all_succeeded", "su", "upstream_failed"],
    ["all_succeeded", "sk", "skipped"],
    ["all_succeeded", "kf", "upstream_failed"],
    ["any_succeeded", "ss", "queued"],
    ["any_succeeded", "sk", "queued"],
    ["any_succeeded", "kk", "skipped"],
    ["any_succeeded", "sf", "upstream_failed"],
    ["any_succeeded", "su", "upstream_failed"],
    ["any_failed", "ss", "skipped"],
    ["any_failed", "sk", "skipped"],
    ["any_failed", "si", "skipped"],
    ["any_failed", "sf", "queued"],
    ["any_failed", "ku", "queued"],
    ["all_finished", "ss", "queued"],
    ["all_finished", "kf", "queued"],
    ["all_finished", "ku", "queued"],
  ];
  for (const [require, needs, expected] of table) {
    it(`${require} of ${inWords(needs)} is ${expected}`, () => assert.equal(join(require, needs), expected));
  }

  it("waits until every need has ended", () => {
    const world = World.start(
      workflow([run("a"), run("b"), run("c", { needs: ["a", "b"], require: "any_failed" })]),
    );
    world.fail("a");
    assert.equal(world.status("c"), "waiting");
    assert.equal(world.reason("c"), "waits for a and b");
    world.succeed("b");
    assert.equal(world.status("c"), "queued");
  });

  it("names the step that is to blame", () => {
    const steps = [
      run("a"),
      run("b", { needs: ["a"] }),
      run("c", { needs: ["b"] }),
      run("d", { needs: ["a"], require: "any_failed" }),
    ];
    const world = World.start(workflow(steps));
    world.fail("a");
    assert.equal(world.reason("b"), "a failed");
    assert.equal(world.reason("c"), "b could not run, because a step before it failed");
    assert.equal(world.status("d"), "queued");
  });

  it("skips by a condition, and skipping propagates through all_succeeded", () => {
    const world = World.start(
      workflow([
        run("a", { if: "1 > 2" }),
        run("b", { needs: ["a"] }),
        run("c", { needs: ["b"], require: "all_finished" }),
      ]),
    );
    assert.deepEqual(world.statuses(), { a: "skipped", b: "skipped", c: "queued" });
    assert.equal(world.reason("a"), "its condition is false: 1 > 2");
    assert.equal(world.reason("b"), "a was skipped");
  });

  it("fails a step whose condition cannot be evaluated", () => {
    const world = World.start(workflow([run("a", { if: "params.nothing > 2" })]));
    assert.equal(world.status("a"), "failed");
    assert.match(world.reason("a") ?? "", /^Cannot evaluate "if": /);
    assert.equal(world.finished?.status, "failed");
  });

  it("takes a join over 1,000 steps without looking at all of them each time", () => {
    const many = Array.from({ length: 1000 }, (_, index) => run(`s${index}`));
    const world = World.start(workflow([...many, run("join", { needs: many.map(({ id }) => id) })]));
    assert.equal(world.reason("join"), "waits for s0, s1, s2 and 997 more");
    for (const { id } of many) world.succeed(id);
    assert.equal(world.status("join"), "queued");
  });
});

function join(require: Require, needs: string): string {
  const ends = needs.split("");
  const steps = ends.flatMap((end, index) => [
    ...(end === "u" ? [run(`before${index}`)] : []),
    run(`need${index}`, {
      if: end === "k" ? "false" : null,
      ignoreFailure: end === "i",
      needs: end === "u" ? [`before${index}`] : [],
    }),
  ]);
  const world = World.start(
    workflow([...steps, run("join", { needs: ends.map((_, index) => `need${index}`), require })]),
  );
  for (const [index, end] of ends.entries()) {
    if (end === "s") world.succeed(`need${index}`);
    if (end === "f" || end === "i") world.fail(`need${index}`);
    if (end === "u") world.fail(`before${index}`);
  }
  return world.status("join");
}

function inWords(needs: string): string {
  const words: Readonly<Record<string, string>> = {
    s: "succeeded",
    f: "failed",
    k: "skipped",
    i: "ignored",
    u: "upstream failed",
  };
  return needs
    .split("")
    .map((end) => words[end] ?? end)
    .join(" and ");
}
