import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Store } from "#server/store/store.js";
import { StoreError } from "#server/store/store-error.js";
import { systemClock } from "#server/clock.js";
import { readPatiently } from "#server/runs/read-patiently.js";
import { startLocalRuns } from "./local-runs.js";

const FILES = {
  "late.workflow.yaml": `
workflow: late
steps: { late: { wait_for: { signal: table.updated, lookback: 1h }, noop: {} } }
`,
};
const PASSING = new StoreError("data-folder-unwritable", "Cannot read now");

describe("readPatiently()", () => {
  it("takes up a run, and finds a signal of the past, although the store refuses the first read of each", async () => {
    const warnings: string[] = [];
    const local = await startLocalRuns(FILES, undefined, {
      reads: (store) => ({
        findWorkflow: refusedOnce(store, (key) => store.findWorkflow(key)),
        listSignals: refusedOnce(store, (query) => store.listSignals(query)),
      }),
      onWarning: (message) => void warnings.push(message),
    });
    await local.send("table.updated", {});
    const { id } = await local.start("late");
    assert.equal((await local.ended(id)).status, "succeeded");
    assert.equal(warnings.filter((warning) => warning.startsWith("Cannot read the store now")).length, 2);
    await local.stop();
  });

  it("gives up on what another try would not mend, and when the service stops", async () => {
    const stop = new AbortController();
    const log = { info: () => undefined, warn: () => stop.abort(), error: () => undefined };
    const patience = { clock: systemClock, log, stopping: stop.signal };
    for (const error of [
      new StoreError("store-stopped", "Cannot use the store"),
      new RangeError("a bug"),
      PASSING,
    ]) {
      let reads = 0;
      const read = (): Promise<never> => {
        reads += 1;
        return Promise.reject(error);
      };
      await assert.rejects(readPatiently(read, patience), error);
      assert.equal(reads, error === PASSING ? 2 : 1);
    }
  });
});

/** The first read is refused that comes when a run is there. */
function refusedOnce<Query, Answer>(
  store: Store,
  read: (query: Query) => Promise<Answer>,
): (query: Query) => Promise<Answer> {
  let isRefused = false;
  return async (query) => {
    if (isRefused || (await store.listUnfinishedRuns()).length === 0) return read(query);
    isRefused = true;
    throw PASSING;
  };
}
