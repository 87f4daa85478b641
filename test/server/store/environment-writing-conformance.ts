import assert from "node:assert/strict";
import type { StoreFactory } from "./store-conformance.js";
import { activation, deployment } from "./store-rows.js";
import { testWith } from "./with-store.js";

/** Which build has written what is live. */
export function describeEnvironmentWritings(create: StoreFactory): void {
  const test = testWith(create);

  test("findWriting() answers which build has written an environment, and whether its triggers fire", async ({
    store,
  }) => {
    const place = { project: "growth", environment: "production" };
    assert.equal(await store.findWriting(place), null);
    const made = activation(deployment("d1", place), { daily: {} });
    await store.activateDeployment(made);
    assert.deepEqual(await store.findWriting(place), { build: null, triggers: true });
    const production = { branch: "main", triggers: false, backfillsFrom: [] };
    const settings = { ...made.settings, environments: { production } };
    const later = activation(deployment("d2", place), {});
    await store.activateDeployment({ ...later, settings, build: "one" });
    assert.deepEqual(await store.findWriting(place), { build: "one", triggers: false });
  });
}
