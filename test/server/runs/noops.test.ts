import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { RunAdvance } from "#server/store/store.js";
import { startLocalRuns } from "./local-runs.js";

describe("noops", () => {
  it("end with the decision to begin them: a chain of forty is a batch of its own, not forty", async () => {
    const steps = Array.from(
      { length: 40 },
      (_, index) => `  s${index}: { ${index === 0 ? "" : `needs: [s${index - 1}], `}noop: {} }`,
    );
    const { advances, journal } = await advancesOf(`steps:\n${steps.join("\n")}\n`);
    assert.equal(advances.length, 1);
    assert.equal(journal, 41);
    const times = advances[0]?.steps.map(({ startedAt, endedAt }) => [startedAt, endedAt].includes(null));
    assert.deepEqual(
      times,
      steps.map(() => false),
    );
  });

  it("are decided five hundred at a time, whatever their number, so that others have their turn", async () => {
    const { advances, journal } = await advancesOf(
      'steps: { load: { foreach: { n: "${{ range(0, 1200) }}" }, steps: { job: { noop: {} } } } }\n',
    );
    assert.equal(journal, 1201);
    assert.ok(advances.every(({ entries }) => entries.length <= 500));
  });

  it("that have to ask for a place are begun by those who give places", async () => {
    const { advances } = await advancesOf(
      "max_parallel_steps: 1\nsteps: { a: { noop: {} }, b: { noop: {} }, c: { noop: {} } }\n",
    );
    assert.ok(advances.length > 1);
  });
});

/** What a run of such a workflow writes until it has succeeded, and how many entries its journal has then. */
async function advancesOf(
  text: string,
): Promise<{ readonly advances: readonly RunAdvance[]; readonly journal: number }> {
  const advances: RunAdvance[] = [];
  const local = await startLocalRuns({ "noops.workflow.yaml": `workflow: noops\n${text}` }, undefined, {
    reads: (store) => ({
      advanceRun: (advance) => {
        advances.push(advance);
        return store.advanceRun(advance);
      },
    }),
  });
  const { id } = await local.start("noops");
  const { status } = await local.ended(id);
  assert.equal(status, "succeeded");
  const { length } = await local.store.readJournal(id);
  await local.stop();
  return { advances, journal: length };
}
