import type { Store } from "#server/store/store.js";
import { activation, advance, deployment, newRun, SUCCEEDED } from "../server/store/store-rows.js";

/** Deploys `sales/daily`, three runs of which have taken an hour each. */
export async function recordHourLongRuns(store: Store): Promise<void> {
  await store.activateDeployment(activation(deployment("dep_1"), { daily: {} }));
  for (const id of ["run_a", "run_b", "run_c"]) {
    await store.createRuns([newRun(id)]);
    const run = { ...SUCCEEDED, startedAt: 0, endedAt: 3_600_000 };
    await store.advanceRun(advance(id, 1, { run }));
  }
}
