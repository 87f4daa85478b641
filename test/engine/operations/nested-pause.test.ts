import assert from "node:assert/strict";
import { pendingEffects } from "@headwater/engine";
import { describe, it } from "mocha";
import { child, noop, run, workflow } from "../builder.js";
import { World } from "../world.js";

const TOLD = { path: "report", attempt: 1, key: "report/1" } as const;
const BY_ANN = { by: "ann", reason: "to look" } as const;
const PAUSE = { kind: "pause_run", ...TOLD, pause: 1, ...BY_ANN } as const;
const RESUME = { kind: "resume_run", ...TOLD, ...BY_ANN } as const;

describe("a run that is paused while its steps wait for other runs", () => {
  it("tells them, and again when it goes on", () => {
    const world = World.start(workflow([child("report"), child("left_alone", { wait: false })]));
    begin(world);
    assert.deepEqual(world.act({ name: "pause", path: null }), [PAUSE]);
    assert.deepEqual(world.act({ name: "resume", path: null }), [RESUME]);
    assert.deepEqual(world.act({ name: "pause", path: null }), [{ ...PAUSE, pause: 2 }]);
  });

  it("tells one that is there only later", () => {
    const world = World.start(workflow([child("report")]));
    assert.deepEqual(world.act({ name: "pause", path: null }), []);
    assert.deepEqual(begin(world), [PAUSE]);
  });

  it("tells nothing to one that is being stopped", () => {
    const world = World.start(workflow([child("report")]));
    begin(world);
    world.act({ name: "skip", path: "report", outputs: null });
    assert.deepEqual(world.act({ name: "pause", path: null }), []);
  });

  it("tells them again after a restart, whichever way it stands, since nobody knows whether they heard", () => {
    const world = World.start(workflow([child("report")]));
    begin(world);
    world.act({ name: "pause", path: null });
    assert.deepEqual(pendingEffects(world.state).slice(1), [PAUSE]);
    world.act({ name: "resume", path: null });
    assert.deepEqual(pendingEffects(world.state).slice(1), [{ ...RESUME, by: "the service", reason: "" }]);
  });
});

describe("a run whose parent is paused", () => {
  const steps = workflow([run("a"), noop("b", { needs: ["a"] }), child("report", { needs: ["b"] })]);
  const paused = { kind: "parent_paused", pause: 1, by: "ann", reason: "with run 3 of p" } as const;
  const resumed = { kind: "parent_resumed", by: "ann", reason: "" } as const;

  it("begins nothing more until the parent goes on", () => {
    const world = World.start(steps);
    world.begin("a");
    world.send(paused);
    world.succeed("a");
    assert.equal(world.reason("b"), "the run is paused by ann: with run 3 of p");
    assert.equal(world.status("b"), "paused");
    world.send(resumed);
    assert.equal(world.status("b"), "queued");
  });

  it("is paused from its beginning when it has not begun", () => {
    const world = new World(steps);
    world.send(paused);
    world.send({ kind: "start" });
    assert.equal(world.status("a"), "paused");
  });

  it("pauses the runs that it waits for in turn", () => {
    const world = World.start(steps);
    world.succeed("a");
    world.succeed("b");
    begin(world);
    assert.deepEqual(world.send(paused), [{ ...PAUSE, reason: "with run 3 of p" }]);
    assert.deepEqual(world.send(resumed), [{ ...RESUME, reason: "" }]);
  });

  it("goes on when somebody resumes it, and hears of the same pause no more", () => {
    const world = World.start(steps);
    world.send(paused);
    world.withdraw("a");
    world.act({ name: "resume", path: null });
    assert.equal(world.status("a"), "queued");
    world.send(paused);
    assert.equal(isInherited(world), null);
    world.send({ ...paused, pause: 2 });
    assert.equal(isInherited(world), true);
  });

  it("stays paused where somebody has paused it for itself", () => {
    const world = World.start(steps);
    world.act({ name: "pause", path: null });
    world.send(paused);
    world.send(resumed);
    assert.equal(isInherited(world), false);
  });
});

function isInherited({ state }: World): boolean | null {
  return state.paused?.isInherited ?? null;
}

function begin(world: World): readonly unknown[] {
  return world.send({ kind: "run_started", path: "report", attempt: 1, runId: "run-7" });
}
