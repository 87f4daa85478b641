import assert from "node:assert/strict";
import { isStepEnded } from "@headwater/engine";
import { describe, it } from "mocha";
import { until } from "../../until.js";
import { startLocalRuns } from "./local-runs.js";
import type { LocalRuns } from "./local-runs.js";

// A run of a million jobs is `node bench/dist/million.bench.js`; this is its like.

const OUTER = 6;
const INNER = 700;
const FILES = {
  "big.workflow.yaml": `
workflow: big
steps:
  parts:
    foreach: { part: "\${{ range(0, ${OUTER}) }}" }
    steps:
      jobs: { foreach: { n: "\${{ range(0, ${INNER}) }}" }, steps: { job: { noop: {} } } }
  after: { needs: [parts], noop: {} }
`,
};

describe("a run of many jobs", function () {
  this.timeout(120_000);

  it("goes on where it was, over one start of the service after the other, and counts each job once", async () => {
    let local = await startLocalRuns(FILES, undefined, { snapshotEvery: 800 });
    const { id } = await local.start("big");
    for (const share of [0.25, 0.5, 0.75]) {
      await until("some of its jobs", async () => (await jobsEnded(local, id)) > share * OUTER * INNER);
      await local.stop(true);
      local = await startLocalRuns(FILES, local.dataFolder, { snapshotEvery: 800 });
    }
    assert.equal((await local.ended(id)).status, "succeeded");
    const [parts] = await local.store.listSteps(id, { limit: 1, path: "parts" });
    const counted = { total: OUTER, running: 0, succeeded: OUTER, failed: 0, skipped: 0 };
    assert.deepEqual(parts?.iterations, counted);
    for (let part = 0; part < OUTER; part += 1) {
      const jobs = await local.store.listSteps(id, { limit: 2 * INNER, loop: `parts[${part}].jobs` });
      assert.equal(jobs.length, INNER);
      assert.ok(jobs.every(({ status }) => status === "succeeded"));
    }
    const steps = await local.store.listSteps(id, { limit: 100_000 });
    assert.equal(steps.length, OUTER * INNER + OUTER + 2);
    assert.ok(steps.every(({ status }) => isStepEnded(status)));
    await local.stop();
  });
});

async function jobsEnded({ store }: LocalRuns, id: string): Promise<number> {
  const loops = await store.listSteps(id, { limit: OUTER, loop: "parts" });
  return loops.reduce((sum, { iterations }) => sum + (iterations?.succeeded ?? 0), 0);
}
