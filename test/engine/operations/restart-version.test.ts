import assert from "node:assert/strict";
import { actionProblem } from "@headwater/engine";
import type { Action } from "@headwater/engine";
import type { StepDefinition, WorkflowDefinition } from "@headwater/workflow";
import { describe, it } from "mocha";
import { expression, foreach, run, workflow } from "../builder.js";
import { World } from "../world.js";

type Restart = Action & { readonly name: "restart" };

function problem(world: World, how: Partial<Restart>): string {
  const nothing = { path: null, params: null, version: null, previous: null };
  const action = { name: "restart", from: "incomplete", ...nothing, ...how } as const;
  return actionProblem(world.state, action)?.words ?? "";
}

function version(definition: WorkflowDefinition): Partial<Restart> {
  return {
    version: { id: "v4", number: 4, commit: "beef", definition },
    previous: { versionId: "v3", commit: "c0ffee", params: {} },
  };
}

describe("a run restarted with another version", () => {
  const before = workflow([
    run("same"),
    run("changed"),
    run("gone"),
    run("needer", { needs: ["same"] }),
    run("bad"),
  ]);
  const after = workflow([
    run("bad"),
    run("same"),
    run("new", { needs: ["same"] }),
    run("changed", { script: "echo mended" }),
    run("needer", { needs: ["same"] }),
  ]);

  function failed(): World {
    const world = World.start(before);
    for (const path of ["same", "changed", "gone", "needer"]) world.succeed(path);
    world.fail("bad");
    return world;
  }

  it("keeps what did not change, and does what is new, changed or incomplete", () => {
    const world = failed();
    const effects = world.restart(version(after));
    assert.deepEqual(effects.slice(0, 2), [
      { kind: "forget_steps", path: "gone", isGone: true },
      { kind: "requeue" },
    ]);
    assert.deepEqual(
      [...world.queue],
      [
        ["bad", 2],
        ["new", 1],
        ["changed", 2],
      ],
    );
    const statuses = {
      same: "succeeded",
      changed: "queued",
      needer: "succeeded",
      bad: "queued",
      new: "queued",
    };
    assert.deepEqual(world.statuses(), statuses);
    const request = world.request("changed");
    assert.ok(request.ok && request.request.kind === "run");
    assert.equal(request.request.script, "echo mended");
    world.succeedAll();
    assert.equal(world.finished?.status, "succeeded");
  });

  it("tells expressions of it", () => {
    const step = run("a", { env: { V: expression("workflow.version"), C: expression("run.commit") } });
    const world = World.start(workflow([run("a")]));
    world.fail("a");
    world.restart(version(workflow([step])));
    const request = world.request("a");
    assert.ok(request.ok && request.request.kind === "run");
    assert.deepEqual(request.request.env, { V: "4", C: "beef" });
  });

  it("gives a step that comes back no attempt that it had before", () => {
    const world = failed();
    world.restart(version(after));
    world.succeedAll();
    world.restart({ from: "incomplete", ...version(before) });
    assert.equal(world.queue.get("gone"), 2);
    assert.equal(world.queue.get("changed"), 3);
  });

  it("goes on within a loop that did not change, and begins one anew that did", () => {
    const load = (settings: Partial<Parameters<typeof foreach>[2]>): StepDefinition =>
      foreach("load", [1, 2], { steps: [run("copy")], ...settings });
    const other = (definition: StepDefinition): World => {
      const world = World.start(workflow([load({})]));
      world.succeed("load[0].copy");
      world.fail("load[1].copy");
      world.restart(version(workflow([run("first"), definition])));
      return world;
    };
    assert.deepEqual(
      [...other(load({})).queue],
      [
        ["first", 1],
        ["load[1].copy", 2],
      ],
    );
    const anew = other(load({ steps: [run("copy", { script: "echo mended" })] }));
    assert.deepEqual(
      [...anew.queue],
      [
        ["first", 1],
        ["load[0].copy", 2],
        ["load[1].copy", 2],
      ],
    );
    assert.deepEqual(Object.keys(anew.statuses()).toSorted(), [
      "first",
      "load",
      "load[0].copy",
      "load[1].copy",
    ]);
    anew.succeedAll();
    assert.equal(anew.finished?.status, "succeeded");
  });

  it("does one iteration again as the other version does it, and keeps what the others left", () => {
    const load = (script: string): StepDefinition =>
      foreach("load", [1, 2, 3], {
        steps: [
          run("copy", { script, outputs: { rows: { name: "int" } } }),
          run("check", { needs: ["copy"] }),
        ],
      });
    const world = World.start(workflow([load("echo wrong"), run("after", { needs: ["load"] })]));
    for (const iteration of [0, 2]) {
      world.succeed(`load[${iteration}].copy`, { rows: iteration });
      world.succeed(`load[${iteration}].check`);
    }
    world.fail("load[1].copy");
    const mended = workflow([load("echo mended"), run("after", { needs: ["load"] })]);
    world.restart({ from: "step", path: "load[1]", ...version(mended) });
    assert.deepEqual([...world.queue], [["load[1].copy", 2]]);
    const request = world.request("load[1].copy");
    assert.ok(request.ok && request.request.kind === "run");
    assert.equal(request.request.script, "echo mended");
    world.succeed("load[1].copy", { rows: 1 });
    assert.deepEqual([...world.queue], [["load[1].check", 1]]);
    world.succeedAll();
    assert.equal(world.finished?.status, "succeeded");
  });

  it("cannot begin with one iteration of a loop that goes over others, has other steps, or is no more", () => {
    const world = World.start(workflow([foreach("load", [1, 2], { steps: [run("copy")] })]));
    world.succeedAll();
    for (const steps of [
      [foreach("load", [2, 1], { steps: [run("copy")] })],
      [foreach("load", [1, 2], { steps: [run("copy"), run("check")] })],
      [foreach("load", [1, 2], { steps: [run("other")] })],
      [run("load")],
      [run("other")],
    ]) {
      const asked = { from: "step", path: "load[0]", ...version(workflow(steps)) } as const;
      assert.match(problem(world, asked), /^the iterations of its loop are not what they were/);
    }
    const how = { from: "step", path: "load[0]" } as const;
    const same = {
      ...how,
      ...version(workflow([run("new"), foreach("load", [1, 2], { steps: [run("copy")] })])),
    };
    assert.equal(problem(world, same), "");
    world.restart(same);
    assert.deepEqual(
      [...world.queue],
      [
        ["new", 1],
        ["load[0].copy", 2],
      ],
    );
  });
});
