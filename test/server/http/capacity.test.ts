import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Permit } from "@headwater/api";
import type { Answer, HttpWorld } from "./http-world.js";
import { activation, deployment, newRun } from "../store/store-rows.js";
import { post, withWorld } from "./http-world.js";

const put = (limit: unknown): RequestInit => ({ ...post({ limit, by: "ann" }), method: "PUT" });

describe("permits, pools and waits over HTTP", () => {
  it(
    "sets the limit of a permit, keeps who did, and takes it back",
    withWorld(async ({ ask, store }) => {
      const { status, body } = await ask("/api/v1/permits/orders_api", put(20));
      assert.equal(status, 200);
      const set = (await ask("/api/v1/permits")).body.permits;
      assert.deepEqual(
        set.map(({ name, limit, source, setBy }) => [name, limit, source, setBy]),
        [
          ["configured_api", 4, "configured", null],
          ["orders_api", 20, "set", "ann"],
        ],
      );
      assert.deepEqual(body, set[1]);
      assert.deepEqual(
        (await store.listPermits()).map(({ name, limit }) => [name, limit]),
        [["orders_api", 20]],
      );
      const unset = permitOf((await ask("/api/v1/permits/orders_api", { method: "DELETE" })).body);
      assert.deepEqual([unset.name, unset.limit, unset.source], ["orders_api", 1, "default"]);
      assert.deepEqual(await store.listPermits(), []);
    }),
  );

  it(
    "prefers what was set to what is configured, and goes back to that",
    withWorld(async ({ ask }) => {
      const limits = async (): Promise<readonly unknown[]> =>
        (await ask("/api/v1/permits")).body.permits.map(({ limit, source }) => [limit, source]);
      await ask("/api/v1/permits/configured_api", put(0));
      assert.deepEqual(await limits(), [[0, "set"]]);
      await ask("/api/v1/permits/configured_api", { method: "DELETE" });
      assert.deepEqual(await limits(), [[4, "configured"]]);
    }),
  );

  it(
    "refuses a name that no step can have, and a limit that is none",
    withWorld(async ({ ask }) => {
      assert.match(await refusal(ask, "/api/v1/permits/two%20words", put(1)), /letters, digits/);
      for (const limit of [-1, 1.5, 10_001, "many", undefined]) {
        assert.match(await refusal(ask, "/api/v1/permits/api", put(limit)), /body\.limit/);
      }
    }),
  );

  it(
    "shows a new limit at work: who waits and who holds",
    withWorld(async ({ ask, capacity }) => {
      for (const key of ["a", "b", "c"]) {
        capacity.request({
          key,
          owner: "ann",
          priority: "normal",
          pool: "default",
          permits: ["api"],
          places: [],
          begin: () => undefined,
        });
      }
      const { body } = await ask("/api/v1/permits/api", put(2));
      const { held, waiting } = permitOf(body);
      assert.deepEqual([held, waiting], [2, 1]);
      assert.deepEqual((await ask("/api/v1/pools")).body.pools, [
        {
          name: "default",
          slots: 2,
          busy: 2,
          waiting: 1,
          owners: [{ owner: "ann", busy: 2, waiting: 1 }],
        },
      ]);
    }),
  );

  it(
    "explains what a run waits for, and asks the right question for one step",
    withWorld(async ({ ask, store }) => {
      await store.activateDeployment(activation(deployment("dep_1"), { daily: {} }));
      await store.createRuns([newRun("run_1")]);
      const all = (await ask("/api/v1/runs/run_1/why")).body;
      assert.deepEqual(
        all.waits.map(({ step, count }) => [step, count]),
        [["load.copy", 1200]],
      );
      const one = (await ask("/api/v1/runs/run_1/why?step=load[3].copy")).body;
      assert.deepEqual([one.waits[0]?.path, one.waits[0]?.capacity?.ahead], ["load[3].copy", 3]);
      assert.deepEqual((await ask("/api/v1/runs/run_1/why?after=1")).body.waits, []);
      assert.match(await refusal(ask, "/api/v1/runs/nothing/why"), /there is none/);
    }),
  );
});

/** The whole answer is one permit. */
function permitOf(body: Answer): Permit {
  return body as unknown as Permit;
}

async function refusal(ask: HttpWorld["ask"], path: string, request?: RequestInit): Promise<string> {
  const { status, body }: { readonly status: number; readonly body: Answer } = await ask(path, request);
  assert.ok(status >= 400 && status < 500, String(status));
  return body.error.message;
}
