import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { until } from "../../until.js";
import { startGithub } from "./crash-host.js";
import { headOf, isSettled, twiceSaid } from "./crash-outcome.js";
import { createCrashWorld, Life } from "./crash-world.js";

/** Of one look, with what goes on beside it. */
const LOOK_STEPS_MAX = 120;
/** Of one that begins with a life. Every second will do: a death after a call is one before the next. */
const AGAIN_STEPS_MAX = 90;
const SETTLED_MS = 30_000;

describe("a look at a pull request", () => {
  it("has its check and its comment in the end, whichever of its steps is the last of a life", async () => {
    const host = await startGithub();
    const world = await createCrashWorld(host, headOf(200_000));
    try {
      for (let step = 1; step <= LOOK_STEPS_MAX; step += 1) {
        const life = new Life(Infinity);
        await world.begin(life);
        await until(`all is told before step ${step}`, () => isSettled(host, world), SETTLED_MS);
        life.endAfter(step);
        await host.propose(step, headOf(step));
        await life.died;
      }
      await world.begin(new Life(Infinity));
      await until("all is told", () => isSettled(host, world), SETTLED_MS);
      assert.deepEqual([host.violations(), twiceSaid(host)], [[], []]);
    } finally {
      await world.stop();
    }
  }).timeout(LOOK_STEPS_MAX * SETTLED_MS);
});

describe("another look at a pull request, when its branch has moved", () => {
  it("has its check held against the branch as it is in the end, whichever of its steps is the last of a life", async () => {
    const host = await startGithub();
    const world = await createCrashWorld(host, headOf(200_000));
    try {
      const first = new Life(Infinity);
      await world.begin(first);
      await host.propose(1, headOf(1));
      await until("all is told", () => isSettled(host, world), SETTLED_MS);
      first.endAfter(1);
      await first.died;
      for (let step = 1; step <= AGAIN_STEPS_MAX; step += 2) {
        // Each is another one, and brings the workflow or does not.
        await world.move(headOf(200_000 + (step + 1) / 2));
        const life = new Life(step);
        await world.begin(life);
        await life.died;
        const next = new Life(Infinity);
        await world.begin(next);
        const isHeld = (): boolean => isSettled(host, world);
        await until(`it is held against main after step ${step}`, isHeld, SETTLED_MS);
        next.endAfter(1);
        await next.died;
      }
      await world.begin(new Life(Infinity));
      assert.deepEqual([host.violations(), twiceSaid(host)], [[], []]);
    } finally {
      await world.stop();
    }
  }).timeout(AGAIN_STEPS_MAX * SETTLED_MS);
});
