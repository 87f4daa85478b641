import assert from "node:assert/strict";
import { it } from "mocha";
import { activation, deployment } from "../../store/store-rows.js";
import { withWorld } from "../http-world.js";

it(
  "environments are listed with the number of their projects, the one first that is meant where none is named",
  withWorld(async (world) => {
    const places = [
      ["growth", "production"],
      ["growth", "dev"],
      ["sales", "production"],
      ["sales", "staging"],
    ] as const;
    for (const [project, environment] of places) {
      const id = `${project}-${environment}`;
      const deployed = { ...deployment(id), project, environment };
      await world.store.activateDeployment(activation(deployed, { daily: { version: `ver-${id}` } }));
    }
    const { status, body } = await world.ask("/api/v1/environments");
    assert.equal(status, 200);
    assert.deepEqual(body.environments, [
      { name: "production", projects: 2 },
      { name: "dev", projects: 1 },
      { name: "staging", projects: 1 },
    ]);
  }),
);
