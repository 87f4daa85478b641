import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { advance, newRun, stepChange } from "../../store/store-rows.js";
import { post, withWorld } from "../http-world.js";

const PATH = "/api/v1/runs/run_1/actions";

describe("the routes of what people do to runs", () => {
  it(
    "hand on what is asked, with who and why, and refuse what is no action",
    withWorld(async (world) => {
      await world.store.createRuns([newRun("run_1")]);
      const who = { by: "ann", reason: "to look" };
      for (const body of [
        { action: "pause", ...who },
        { action: "skip", path: "load[3].copy", outputs: { rows: 1 }, ...who },
        { action: "restart", version: "latest", params: { date: "2026-03-02" }, ...who },
        { action: "restart", path: "load[3]", ...who },
      ]) {
        assert.equal((await world.ask(PATH, post(body))).status, 200);
      }
      const pause = { kind: "action", action: { name: "pause", path: null }, ...who };
      const skip = {
        kind: "action",
        action: { name: "skip", path: "load[3].copy", outputs: { rows: 1 } },
        ...who,
      };
      const latest = {
        from: "incomplete",
        path: null,
        params: { date: "2026-03-02" },
        version: "latest",
        ...who,
      };
      const step = { from: "step", path: "load[3]", params: {}, version: null, ...who };
      assert.deepEqual(world.canceled, [
        `run_1 ${JSON.stringify(pause)}`,
        `run_1 ${JSON.stringify(skip)}`,
        `run_1 restart ${JSON.stringify(latest)}`,
        `run_1 restart ${JSON.stringify(step)}`,
      ]);
      const refused = await world.ask(PATH, post({ action: "explode" }));
      assert.deepEqual([refused.status, refused.body.error.code], [400, "bad-request"]);
    }),
  );

  it(
    "say of each run and step what may be done to it",
    withWorld(async (world) => {
      await world.store.createRuns([newRun("run_1")]);
      const failed = { status: "failed", reason: "no", startedAt: 1, endedAt: 2, outputs: null } as const;
      const steps = [stepChange("load", { status: "failed" })];
      await world.store.advanceRun(advance("run_1", 1, { run: failed, steps }));
      const { body } = await world.ask("/api/v1/runs/run_1/steps");
      assert.deepEqual(
        body.steps.map(({ actions }) => actions),
        [["skip", "restart"]],
      );
      const [run] = (await world.ask("/api/v1/runs")).body.runs;
      assert.deepEqual([run?.actions, run?.attempt, run?.isPaused], [["restart"], 1, false]);
    }),
  );
});
