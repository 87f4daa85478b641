import assert from "node:assert/strict";
import { createEvaluator, createScheduleReader } from "@headwater/workflow";
import { describe, it } from "mocha";
import { systemClock } from "#server/clock.js";
import { systemIds } from "#server/ids.js";
import { StoreError } from "#server/store/store-error.js";
import type { RunRow, SignalMatches, Store } from "#server/store/store.js";
import { SignalMatcher } from "#server/triggers/signal-matcher.js";
import { activation, deployment, newRun, newSignal, signalTrigger } from "../store/store-rows.js";
import { createSqliteWorld } from "../store/sqlite/sqlite-world.js";
import { joinTrigger } from "../store/trigger-conformance.js";

const BACKLOG = 1300;

/** What may be deployed while signals are matched, and what versions the workflow then has. */
const DEPLOYED: Readonly<
  Record<string, { readonly change: (store: Store) => Promise<void>; readonly versions: readonly string[] }>
> = {
  "the workflow is removed": {
    change: (store) => store.activateDeployment(activation(deployment("d2"), {}, ["each"])),
    versions: [],
  },
  "the workflow is changed": {
    change: (store) =>
      store.activateDeployment(
        activation(deployment("d2"), { each: { version: "v2", triggers: [signalTrigger("updated")] } }),
      ),
    versions: ["v2"],
  },
  "the triggers of the environment are turned off": {
    change(store) {
      const row = deployment("d2");
      const { settings, ...rest } = activation(row, {
        each: { version: "v1", triggers: [signalTrigger("updated")] },
      });
      const environments = { [row.environment]: { branch: "main", triggers: false, backfillsFrom: [] } };
      return store.activateDeployment({ ...rest, settings: { ...settings, environments } });
    },
    versions: [],
  },
  "the repository is removed": { change: (store) => store.removeRepository("repo_1"), versions: [] },
};

describe("a backlog of signals, read while what came before is written", () => {
  it("starts a run for each signal in their order, also where writing is refused, and joins over its rounds", async () => {
    const { store, dispose } = await createSqliteWorld(systemClock);
    await store.activateDeployment(
      activation(deployment("d1"), {
        each: {
          version: "v1",
          triggers: [signalTrigger("updated", [{ param: "table", operator: "ne", value: "rates" }])],
        },
        join: { version: "v2", triggers: [joinTrigger(["date"])] },
      }),
    );
    const tables = Array.from({ length: BACKLOG }, (_, place) =>
      place === 0 ? "orders" : place === BACKLOG - 1 ? "rates" : "none",
    );
    await record(store, tables);
    const told: number[] = [];
    let refusals = 0;
    const matcher = matcherOn(store, {
      onHeard: (ids) => void told.push(...ids),
      async matchSignals(upTo, matches) {
        refusals += 1;
        if (refusals === 2) throw new StoreError("data-folder-unwritable", "Cannot write now");
        return store.matchSignals(upTo, matches);
      },
    });
    const adopted: RunRow[] = [];
    while (await matcher.match(adopted));
    const each = adopted.filter(({ workflow }) => workflow === "each");
    assert.deepEqual(
      each.map(({ params: _params, trigger }) => "signalId" in trigger && trigger.signalId),
      Array.from({ length: BACKLOG - 1 }, (_, place) => place + 1),
    );
    assert.equal(adopted.filter(({ workflow }) => workflow === "join").length, 1);
    assert.equal(new Set(told).size, BACKLOG);
    assert.equal(await matcher.match(adopted), false);
    await record(store, ["late"]);
    assert.equal(await matcher.match(adopted), true);
    assert.equal(adopted.length, BACKLOG + 1);
    await dispose();
  });

  it("is written in transactions of so many runs, whatever the number of those that hear a signal", async () => {
    const { store, dispose } = await createSqliteWorld(systemClock);
    const names = Array.from({ length: 30 }, (_, place) => `w${place}`);
    const workflows = names.map(
      (name) => [name, { version: name, triggers: [signalTrigger("updated")] }] as const,
    );
    await store.activateDeployment(activation(deployment("d1"), Object.fromEntries(workflows)));
    await record(
      store,
      Array.from({ length: 100 }, () => "any"),
    );
    const sizes: number[] = [];
    const matcher = matcherOn(store, {
      matchSignals(upTo, matches) {
        sizes.push(matches.runs.length);
        return store.matchSignals(upTo, matches);
      },
    });
    const adopted: RunRow[] = [];
    while (await matcher.match(adopted));
    assert.deepEqual(sizes, [1020, 1020, 960]);
    assert.equal(new Set(adopted.map(({ triggerKey }) => triggerKey)).size, 3000);
    await dispose();
  });

  it("is read as far as so many triggers hear it, and again only from those of runs on", async () => {
    const { store, dispose } = await createSqliteWorld(systemClock);
    const names = Array.from({ length: 500 }, (_, place) => `w${place}`);
    const workflows = names.map(
      (name) => [name, { version: name, triggers: [joinTrigger(["date"])] }] as const,
    );
    await store.activateDeployment(activation(deployment("d1"), Object.fromEntries(workflows)));
    const [run] = await store.createRuns([newRun("emitter")]);
    const tables = Array.from({ length: 30 }, (_, place) => (place < 25 ? "orders" : "users"));
    for (const [place, table] of tables.entries()) {
      const params = { table, date: `day ${place}` };
      const runId = place === 24 ? (run?.id ?? null) : null;
      await store.recordSignal(newSignal(`s${place}`, { signal: "updated", params, runId }));
    }
    const asked: number[] = [];
    let heard = 0;
    let keys = 0;
    const matcher = matcherOn(
      {
        ...store,
        listSignalListeners(signal) {
          heard += 1;
          return store.listSignalListeners(signal);
        },
        listJoinedSignals(some) {
          keys += some.length;
          return store.listJoinedSignals(some);
        },
      },
      {
        matchSignals(upTo, matches) {
          asked.push(heard);
          return store.matchSignals(upTo, matches);
        },
      },
    );
    while (await matcher.match([]));
    assert.deepEqual(asked, [10, 10, 10, 10, 10, 20, 20, 20, 20, 20, 30, 30, 36]);
    assert.equal(keys, 25 * 500);
    await dispose();
  });

  for (const [deployed, { change, versions }] of Object.entries(DEPLOYED)) {
    it(`starts nothing of before when ${deployed} between reading and writing, in the same transaction`, async () => {
      const { store, dispose } = await createSqliteWorld(systemClock);
      const each = { version: "v1", triggers: [signalTrigger("updated")] };
      await store.activateDeployment(
        activation(deployment("d1"), { each, other: { version: "v0", triggers: each.triggers } }),
      );
      await record(
        store,
        Array.from({ length: 1000 }, () => "any"),
      );
      const matched: number[] = [];
      const matcher = matcherOn(store, {
        matchSignals(upTo, matches) {
          // Of one turn, so that both share a transaction, the deployment before.
          if (matched.push(upTo) === 2) void change(store);
          return store.matchSignals(upTo, matches);
        },
      });
      const adopted: RunRow[] = [];
      while (await matcher.match(adopted));
      const [first = 0] = matched;
      const before = adopted.filter(({ workflow, versionId }) => workflow === "each" && versionId === "v1");
      const after = adopted.filter(({ workflow, versionId }) => workflow === "each" && versionId !== "v1");
      assert.equal(before.length, first);
      assert.deepEqual([...new Set(after.map(({ versionId }) => versionId))], versions);
      assert.equal(after.length, versions.length * (1000 - first));
      assert.deepEqual(await store.listUnmatchedSignals(1), []);
      await dispose();
    });
  }
});

function record(store: Store, tables: readonly string[]): Promise<unknown> {
  return Promise.all(
    tables.map((table) =>
      store.recordSignal(
        newSignal(systemIds.next("signal", 0), { signal: "updated", params: { table, date: "today" } }),
      ),
    ),
  );
}

interface Changes {
  readonly onHeard?: (ids: readonly number[]) => void;
  readonly matchSignals: (upTo: number, matches: SignalMatches) => ReturnType<Store["matchSignals"]>;
}

/** Answers false when there is nothing to match; what the store refuses is tried again. */
function matcherOn(store: Store, { onHeard, matchSignals }: Changes) {
  let adopted: RunRow[] = [];
  const matcher = new SignalMatcher({
    store: { ...store, matchSignals },
    clock: systemClock,
    runs: {
      adopt: (runs) => void adopted.push(...runs),
      hear: (signals) => onHeard?.(signals.map(({ id }) => id)),
    },
    ids: systemIds,
    log: { info: () => undefined, warn: () => undefined, error: (message) => assert.fail(message) },
    evaluator: createEvaluator(),
    scheduleReader: createScheduleReader(),
  });
  return {
    match(into: RunRow[]): Promise<boolean> {
      adopted = into;
      return matcher.matchNext().catch((error: unknown) => error instanceof StoreError);
    },
  };
}
