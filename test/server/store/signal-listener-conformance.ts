import assert from "node:assert/strict";
import type { Json, SignalMatch, Trigger } from "@headwater/workflow";
import { runEndedSignal } from "#server/store/run-ended-signal.js";
import type { NewSignal, Store, WorkflowKey } from "#server/store/store.js";
import type { StoreFactory } from "./store-conformance.js";
import { KEY, activation, deployment, signalTrigger } from "./store-rows.js";
import { joinTrigger } from "./trigger-conformance.js";
import { testWith } from "./with-store.js";

/** Which workflows may hear a signal. */
export function describeSignalListeners(create: StoreFactory): void {
  const test = testWith(create);

  test("listSignalListeners() finds listeners by the params that must be equal", async ({ store }) => {
    const on = (table: string, ...more: SignalMatch[]): Trigger =>
      signalTrigger("updated", [...more, { param: "table", operator: "eq", value: table }]);
    await store.activateDeployment(
      activation(deployment("d1"), {
        any: { version: "v1", triggers: [signalTrigger("updated")] },
        late: { version: "v2", triggers: [on("orders", { param: "hour", operator: "gte", value: 6 })] },
        orders: { version: "v3", triggers: [on("orders")] },
        rates: { version: "v4", triggers: [on("rates"), on("fx")] },
        us: { version: "v5", triggers: [on("orders", { param: "region", operator: "eq", value: "us" })] },
        join: { version: "v6", triggers: [joinTrigger(["date"])] },
      }),
    );
    const heard = (params: NewSignal["params"]): Promise<readonly string[]> => whoHears(store, params);
    assert.deepEqual(await heard({ table: "orders" }), ["any", "join", "orders"]);
    assert.deepEqual(await heard({ table: "orders", hour: 6 }), ["any", "join", "late", "orders"]);
    assert.deepEqual(await heard({ region: "us", table: "orders" }), ["any", "join", "orders", "us"]);
    assert.deepEqual(await heard({ table: "fx" }), ["any", "rates"]);
    assert.deepEqual(await heard({ table: null }), ["any"]);
    assert.deepEqual(await heard({}), ["any"]);
  });

  test("listSignalListeners() finds listeners by each of the values that one param may have", async ({
    store,
  }) => {
    const of = (table: Json, region: Json): Trigger =>
      signalTrigger("updated", [
        { param: "table", operator: "in", value: table },
        { param: "region", operator: "in", value: region },
      ]);
    const many = Array.from({ length: 60 }, (_, index) => index);
    await store.activateDeployment(
      activation(deployment("d1"), {
        few: { version: "v1", triggers: [of(["orders", "rates", "orders"], ["us", null])] },
        many: { version: "v2", triggers: [of(many, many)] },
        none: { version: "v3", triggers: [of([], ["us"])] },
      }),
    );
    const heard = (params: NewSignal["params"]): Promise<readonly string[]> => whoHears(store, params);
    assert.deepEqual(await heard({ table: "orders", region: null }), ["few"]);
    assert.deepEqual(await heard({ table: "fx", region: "us" }), []);
    assert.deepEqual(await heard({ table: "rates" }), []);
    // Of what would make thousands of rows one param is looked up, and the other is asked.
    assert.deepEqual(await heard({ table: 1, region: 59 }), ["many"]);
    assert.deepEqual(await heard({ table: "fx", region: 59 }), []);
    assert.deepEqual(await heard({ table: 1, region: 60 }), []);
  });

  test("listSignalListeners() answers those whose ranges hold, whatever else they ask", async ({ store }) => {
    const on = (...match: SignalMatch[]): Trigger => signalTrigger("updated", match);
    const of = (param: string, operator: SignalMatch["operator"], value: Json): SignalMatch => ({
      param,
      operator,
      value,
    });
    await store.activateDeployment(
      activation(deployment("d1"), {
        // Two triggers of one bound: one of the two lets pass what the other does not.
        both: {
          version: "v1",
          triggers: [
            on(of("rows", "gte", 5), of("hour", "lt", 6)),
            on(of("rows", "gte", 5), of("rows", "lt", 10), of("day", "ne", "monday")),
          ],
        },
        early: { version: "v2", triggers: [on(of("day", "lt", "2026-11"))] },
        late: { version: "v3", triggers: [on(of("day", "gt", "2026-11"), of("table", "eq", "orders"))] },
        monday: { version: "v4", triggers: [on(of("day", "ne", "monday"))] },
        odd: { version: "v5", triggers: [on(of("rows", "gte", null))] },
      }),
    );
    const heard = (params: NewSignal["params"]): Promise<readonly string[]> => whoHears(store, params);
    assert.deepEqual(await heard({ rows: 5, day: "monday" }), []);
    assert.deepEqual(await heard({ rows: 5, hour: 5, day: "monday" }), ["both"]);
    assert.deepEqual(await heard({ rows: 7 }), ["both", "monday"]);
    assert.deepEqual(await heard({ rows: 10 }), ["monday"]);
    assert.deepEqual(await heard({ rows: 10, hour: 1, day: "2026-10-31" }), ["both", "early", "monday"]);
    assert.deepEqual(await heard({ day: "2026-11-01", table: "orders" }), ["late", "monday"]);
    assert.deepEqual(await heard({ day: "2026-11", table: "orders" }), ["monday"]);
    assert.deepEqual(await heard({ rows: null, day: null }), ["monday"]);
  });

  test("listSignalListeners() finds a listener whichever of its params a signal has besides others", async ({
    store,
  }) => {
    const shapes = [[], ["a"], ["b"], ["a", "b"], ["a", "c"], ["a", "a"], ["a.b"], ["a b", "c"], ['"', "a"]];
    const workflows = shapes.map((names, place) => {
      const match = names.map((param) => ({ param, operator: "eq" as const, value: 1 }));
      return [`w${place}`, { version: `v${place}`, triggers: [signalTrigger("updated", match)] }] as const;
    });
    await store.activateDeployment(activation(deployment("d1"), Object.fromEntries(workflows)));
    const heard = (...names: string[]): Promise<readonly string[]> =>
      whoHears(store, Object.fromEntries(names.map((name) => [name, 1])));
    assert.deepEqual(await heard("a", "b", "c", "d"), ["w0", "w1", "w2", "w3", "w4", "w5"]);
    assert.deepEqual(await heard("c", "a"), ["w0", "w1", "w4", "w5"]);
    assert.deepEqual(await heard("a.b", "a b", "c"), ["w0", "w6", "w7"]);
    assert.deepEqual(await heard('"', "a", "__proto__"), ["w0", "w1", "w5", "w8"]);
    // What is deployed next is heard at once, also in another shape, and what is gone no longer.
    const more = {
      more: {
        version: "v9",
        triggers: [signalTrigger("updated", [{ param: "z", operator: "eq", value: 1 }])],
      },
    };
    await store.activateDeployment(activation(deployment("d2"), more, ["w0"]));
    assert.deepEqual(await heard("z"), ["more"]);
  });

  test("listSignalListeners() answers who waits for the end of another workflow's runs", async ({
    store,
  }) => {
    const after = { kind: "workflow", workflow: "daily", on: "succeeded", params: {} } as const;
    await store.activateDeployment(
      activation(deployment("d1"), {
        daily: { version: "v1" },
        report: { version: "v2", triggers: [after] },
      }),
    );
    assert.deepEqual(
      (await store.listSignalListeners(endOf(KEY))).map(({ workflow }) => workflow),
      ["report"],
    );
    assert.deepEqual(await store.listSignalListeners(endOf({ ...KEY, environment: "staging" })), []);
  });

  test("listSignalListeners() answers live workflows only, and none where triggers are off", async ({
    store,
  }) => {
    const listening = {
      triggers: [signalTrigger("orders"), signalTrigger("orders"), signalTrigger("rates")],
    };
    await store.activateDeployment(
      activation(deployment("d1"), { daily: { ...listening, version: "v1" }, hourly: { version: "v2" } }),
    );
    assert.deepEqual(
      (await store.listSignalListeners({ signal: "orders", params: {}, environment: "production" })).map(
        ({ workflow }) => workflow,
      ),
      ["daily"],
    );
    assert.deepEqual(
      await store.listSignalListeners({ signal: "nothing", params: {}, environment: "production" }),
      [],
    );
    const off = activation(deployment("d2", { environment: "staging" }), {
      daily: { ...listening, version: "v1" },
    });
    const settings = {
      ...off.settings,
      environments: { staging: { branch: "develop", triggers: false, backfillsFrom: [] } },
    };
    await store.activateDeployment({ ...off, settings });
    assert.deepEqual(
      (await store.listSignalListeners({ signal: "orders", params: {}, environment: "production" })).map(
        ({ environment }) => environment,
      ),
      ["production"],
    );
    await store.activateDeployment(activation(deployment("d3"), { hourly: { version: "v2" } }, ["daily"]));
    assert.deepEqual(
      await store.listSignalListeners({ signal: "orders", params: {}, environment: "production" }),
      [],
    );
  });
}

function endOf(key: WorkflowKey): Pick<NewSignal, "signal" | "params" | "environment"> {
  return { signal: runEndedSignal(key), params: { status: "succeeded" }, environment: key.environment };
}

async function whoHears(store: Store, params: NewSignal["params"]): Promise<readonly string[]> {
  const listeners = await store.listSignalListeners({ signal: "updated", params, environment: "production" });
  return listeners.map(({ workflow }) => workflow);
}
