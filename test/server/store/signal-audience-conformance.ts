import assert from "node:assert/strict";
import type { SignalMatch, Trigger } from "@headwater/workflow";
import { AUDIENCE_MAX, type FoundAudience } from "#server/store/signal-audience.js";
import type { NewSignal, Store } from "#server/store/store.js";
import { noop } from "../../engine/builder.js";
import type { StoreFactory } from "./store-conformance.js";
import { activation, deployment, signalTrigger, type WorkflowSketch } from "./store-rows.js";
import { testWith } from "./with-store.js";

/** Who hears a signal. */
export function describeSignalAudiences(create: StoreFactory): void {
  const test = testWith(create);

  test("findSignalAudience() counts triggers by what must be equal, and gates by their name, of one environment", async ({
    store,
  }) => {
    await deploy(store);
    const heard = (table: string) => find(store, { params: [{ table }] });
    assert.deepEqual(await heard("orders"), { triggers: 2, gates: 1, meant: null });
    assert.deepEqual(await heard("rates"), { triggers: 1, gates: 1, meant: null });
    const both = [{ table: "orders" }, { table: "rates" }, {}];
    assert.deepEqual(await find(store, { params: both }), { triggers: 2, gates: 1, meant: null });
  });

  test("findSignalAudience() tells what may have been meant where nobody hears it", async ({ store }) => {
    await deploy(store);
    const meant = async (sent: Partial<NewSignal>) =>
      (await find(store, { ...sent, params: [sent.params ?? {}] })).meant;
    const deployed = ["production", "staging"];
    const nothing = { otherParams: 0, environments: [], off: [], deployed };
    assert.deepEqual(await meant({ signal: "table.update" }), {
      ...nothing,
      names: ["day.ended", "table.updated"],
    });
    assert.deepEqual(await meant({ signal: "zzz" }), { ...nothing, names: ["table.updated", "day.ended"] });
    assert.deepEqual(await meant({ environment: "staging" }), {
      ...nothing,
      environments: ["production"],
      names: ["day.ended"],
    });
    assert.deepEqual(await meant({ signal: "day.ended", params: { day: "today" } }), {
      otherParams: 1,
      environments: ["production"],
      off: [],
      deployed,
      names: ["table.updated"],
    });
  });

  test("findSignalAudience() names the projects whose triggers are off there, and finds none where a name is hostile", async ({
    store,
  }) => {
    await deploy(store);
    const row = { ...deployment("d3"), project: "ads", environment: "staging" };
    const { settings, ...rest } = activation(row, {
      listener: { version: "v7", triggers: [signalTrigger("table.updated")] },
    });
    const environments = { staging: { branch: "develop", triggers: false, backfillsFrom: [] } };
    await store.activateDeployment({ ...rest, settings: { ...settings, environments } });
    const off = async (environment: string) => (await find(store, { environment, params: [{}] })).meant?.off;
    assert.deepEqual(await off("staging"), ["ads"]);
    assert.deepEqual(await off(`st"'$.`), []);
  });

  test("findSignalAudience() counts no trigger of which a condition that cannot be looked up does not hold", async ({
    store,
  }) => {
    const match: readonly SignalMatch[] = [
      { param: "region", operator: "in", value: ["eu", "us"] },
      { param: "rows", operator: "gte", value: 1 },
    ];
    const listener: WorkflowSketch = { version: "v", triggers: [signalTrigger("table.updated", match)] };
    await store.activateDeployment(activation(deployment("d1"), { listener }));
    const triggers = async (...params: NewSignal["params"][]) => (await find(store, { params })).triggers;
    assert.equal(await triggers({ region: "us", rows: 1 }), 1);
    assert.equal(await triggers({ region: "us", rows: 0 }, { region: "us" }), 0);
    assert.equal(await triggers({ region: "us", rows: 0 }, { region: "eu", rows: 7 }), 1);
    assert.equal((await find(store, { params: [{ region: "us" }] })).meant?.otherParams, 1);
  });

  test("findSignalAudience() tells of the one that hears a signal behind thousands that do not", async ({
    store,
  }) => {
    const hears = (size: number): readonly Trigger[] => [
      signalTrigger("table.updated", [
        { param: "rows", operator: "gte", value: 1 },
        { param: "size", operator: "gte", value: size },
      ]),
    ];
    const deaf = Array.from({ length: 3000 }, (_, index) => `w${index}`);
    const sketches = deaf.map((name) => [name, { version: name, triggers: hears(9) }] as const);
    const workflows = { ...Object.fromEntries(sketches), z: { version: "z", triggers: hears(1) } };
    await store.activateDeployment(activation(deployment("d1"), workflows));
    assert.equal((await find(store, { params: [{ rows: 1, size: 1 }] })).triggers, 1);
    assert.equal((await find(store, { params: [{ rows: 1, size: 0 }] })).triggers, 0);
  });

  test("findSignalAudience() counts no further than is of use", async ({ store }) => {
    const listener: WorkflowSketch = { version: "v", triggers: [signalTrigger("table.updated")] };
    const names = Array.from({ length: AUDIENCE_MAX + 1 }, (_, index) => `w${index}`);
    const workflows = Object.fromEntries(names.map((name) => [name, listener] as const));
    await store.activateDeployment(activation(deployment("d1"), workflows));
    assert.equal((await find(store, { params: [{}] })).triggers, AUDIENCE_MAX);
  });
}

async function deploy(store: Store): Promise<void> {
  const gate = { signal: "table.updated", match: [], lookbackMs: 0, timeoutMs: null };
  await store.activateDeployment(
    activation(deployment("d1"), {
      any: { version: "v1", triggers: [signalTrigger("table.updated")] },
      orders: { version: "v2", triggers: [on("table.updated", { table: "orders" })] },
      gate: { version: "v3", steps: [{ ...noop("go"), waitFor: [gate] }] },
      nightly: { version: "v4", triggers: [on("day.ended", { day: "yesterday" })] },
      emitter: { version: "v5", steps: [{ ...noop("go"), emit: [{ signal: "table.updates", params: {} }] }] },
    }),
  );
  const staging = { ...deployment("d2"), environment: "staging" };
  await store.activateDeployment(activation(staging, { other: { version: "v6" } }));
}

function on(signal: string, wanted: Readonly<Record<string, string>>): Trigger {
  const match = Object.entries(wanted).map(([param, value]) => ({ param, operator: "eq" as const, value }));
  return { kind: "signal", signal, match, if: null, dedupe: null, params: {} };
}

function find(
  store: Store,
  sent: { readonly params: readonly NewSignal["params"][] } & Partial<
    Pick<NewSignal, "signal" | "environment">
  >,
): Promise<FoundAudience> {
  return store.findSignalAudience({ signal: "table.updated", environment: "production", ...sent });
}
