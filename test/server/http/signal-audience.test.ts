import assert from "node:assert/strict";
import { it } from "mocha";
import { activation, deployment, signalTrigger } from "../store/store-rows.js";
import { post, withWorld } from "./http-world.js";

const AFTER = "It is kept: a step that looks back may hear it later, a trigger does not";

it(
  "who hears a signal is told with its answer, or why nobody does and what may have been meant",
  withWorld(async (world) => {
    const listener = { listener: { triggers: [signalTrigger("orders.loaded")] } };
    await world.store.activateDeployment(activation(deployment("d1"), listener));
    const staging = { ...deployment("d2"), environment: "staging" };
    await world.store.activateDeployment(activation(staging, { other: { version: "ver_2" } }));
    const heard = async (sent: object): Promise<unknown> => {
      const { status, body } = await world.ask("/api/v1/signals", post({ signal: "orders.loaded", ...sent }));
      assert.equal(status, 202);
      return body.heard;
    };
    assert.deepEqual(await heard({}), { triggers: 1, gates: 0, note: null });
    const notes: readonly (readonly [sent: object, note: string])[] = [
      [
        { signal: "orders.laoded" },
        `Nothing in production listens to "orders.laoded". Did you mean "orders.loaded"?`,
      ],
      [{ signal: "x" }, `Nothing in production listens to "x".`],
      [
        { environment: "staging" },
        `Nothing in staging listens to "orders.loaded". In production something does.`,
      ],
      [
        { environment: "prodution" },
        `Nothing is deployed in an environment "prodution". Did you mean "production"? There are production, staging, test.`,
      ],
      [
        { environment: "test" },
        `Nothing in test listens to "orders.loaded": triggers of ads are off there. In production something does.`,
      ],
      [
        { environment: "test", signal: "x" },
        `Nothing in test listens to "x": triggers of ads are off there.`,
      ],
      [
        { environment: "moon" },
        `Nothing is deployed in an environment "moon". There are production, staging, test.`,
      ],
    ];
    const row = { ...deployment("d3"), project: "ads", environment: "test" };
    const { settings, ...rest } = activation(row, { listener: { version: "ver_3", ...listener.listener } });
    const environments = { test: { branch: "next", triggers: false, backfillsFrom: [] } };
    await world.store.activateDeployment({ ...rest, settings: { ...settings, environments } });
    for (const [sent, note] of notes)
      assert.deepEqual(await heard(sent), { triggers: 0, gates: 0, note: `${note} ${AFTER}` });
  }),
);
