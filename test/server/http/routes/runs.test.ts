import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { headwater } from "#test/cli/headwater-process.js";
import { advance, newRun, SUCCEEDED } from "../../store/store-rows.js";
import { withWorld } from "../http-world.js";

describe("the list of runs", () => {
  it(
    "says at its end where older ones are gone, and the command line says it too",
    withWorld(async (world) => {
      await world.store.createRuns(["run_1", "run_2", "run_3"].map((id) => newRun(id)));
      for (const [id, endedAt] of [
        ["run_1", 4000],
        ["run_2", 9000],
        ["run_3", 9500],
      ] as const)
        await world.store.advanceRun(advance(id, 1, { run: { ...SUCCEEDED, endedAt } }));
      const listed = async (query: string): Promise<readonly unknown[]> => {
        const { runs, next, historyBegin } = (await world.ask(`/api/v1/runs${query}`)).body;
        return [runs.length, next === null, historyBegin];
      };
      assert.deepEqual(await listed(""), [3, true, null]);
      await world.store.pruneRuns({ endedBefore: 5000, limit: 10 });
      assert.deepEqual(await listed(""), [2, true, 4000]);
      assert.deepEqual(await listed("?limit=1"), [1, false, null]);
      const env = { HEADWATER_URL: world.url, HEADWATER_TOKEN: "" };
      assert.match(
        (await headwater(["runs"], { env })).stdout,
        /\nOf runs that ended until 1970-01-01 00:00:04\S* some are gone: the service keeps them for so long/,
      );
    }),
  );
});
