import assert from "node:assert/strict";
import { unknownWorkflow } from "#server/runs/unknown-workflow.js";
import { createHttpWorld } from "../http/http-world.js";
import { activation, deployment, KEY } from "../store/store-rows.js";

it("unknownWorkflow() offers the nearest name of the same environment, or none, and says in which ones something is deployed", async () => {
  const world = await createHttpWorld();
  await world.store.activateDeployment(activation(deployment("dep_1"), { daily: {}, weekly: {} }));
  const wordsFor = async (changes: object): Promise<unknown> => {
    const error = await unknownWorkflow(world.store, { ...KEY, ...changes }, "Cannot start it");
    return [error.code, error.message, error.data];
  };
  const meant = { nearest: "sales/daily" };
  const offered = ["workflow-not-found", 'Cannot start it. Did you mean "sales/daily"?', meant];
  assert.deepEqual(await wordsFor({ workflow: "dialy" }), offered);
  assert.deepEqual(await wordsFor({ project: "sale" }), offered);
  assert.deepEqual(await wordsFor({ workflow: "hourly-report" }), [
    "workflow-not-found",
    "Cannot start it",
    {},
  ]);
  const elsewhere = 'Cannot start it. Nothing is deployed in an environment "staging". There is production';
  assert.deepEqual(await wordsFor({ workflow: "dialy", environment: "staging" }), [
    "workflow-not-found",
    elsewhere,
    {},
  ]);
  await world.stop();
});
