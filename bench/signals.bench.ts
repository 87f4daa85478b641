import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createEvaluator,
  createScheduleReader,
  type Json,
  type SignalMatch,
  type Trigger,
} from "@headwater/workflow";
import { systemClock } from "#server/clock.js";
import { systemIds } from "#server/ids.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import type { Store } from "#server/store/store.js";
import { SignalMatcher } from "#server/triggers/signal-matcher.js";
import { activation, deployment } from "#test/server/store/store-rows.js";

// So many triggers listen to one signal, each for a table of its own, by each kind of condition. What a signal costs that meets none of
// them, and one, and how many signals a second are recorded and matched, both durably. Budgets: the cost does not grow with those that do
// not match, and 5,000 signals a second with 100,000 subscriptions.

const COUNT = Number(process.env["SUBSCRIPTIONS"] ?? 100_000);
const PER_WORKFLOW = 10;
const SIGNALS = Number(process.env["SIGNALS"] ?? 20_000);

/** One kind of subscription, and the params of signals. */
interface Kind {
  readonly match: (index: number) => readonly SignalMatch[];
  /** Of a signal that none of so many hears, however near it comes. */
  readonly none: (count: number) => Params;
  /** Of one that the subscription with this index alone hears. */
  readonly one?: (index: number) => Params;
}

type Params = Readonly<Record<string, Json>>;

const ORDERS: SignalMatch = { param: "table", operator: "eq", value: "orders" };
const BY_TABLE = { none: () => ({ table: "none" }), one: (index: number) => ({ table: `t${index}` }) };
const KINDS: Readonly<Record<string, Kind>> = {
  eq: { match: (index) => [{ param: "table", operator: "eq", value: `t${index}` }], ...BY_TABLE },
  in: {
    match: (index) => [{ param: "table", operator: "in", value: [`t${index}`, `u${index}`] }],
    ...BY_TABLE,
  },
  gte: {
    match: (index) => [ORDERS, { param: "size", operator: "gte", value: index }],
    none: () => ({ table: "orders", size: -1 }),
  },
  "gte and lt": {
    match: (index) => [
      ORDERS,
      { param: "size", operator: "gte", value: index },
      { param: "size", operator: "lt", value: index + 0.5 },
    ],
    none: (count) => ({ table: "orders", size: count / 2 + 0.7 }),
  },
  ne: {
    match: () => [ORDERS, { param: "region", operator: "ne", value: "eu" }],
    none: () => ({ table: "orders", region: "eu" }),
  },
};

console.log(
  "| match | subscriptions | signals that | recorded/s | matched/s | both at once, signals/s | CPU µs a signal, all threads |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- |");
for (const [name, kind] of Object.entries(KINDS)) {
  for (const count of [1000, COUNT]) {
    const dataFolder = mkdtempSync(join(tmpdir(), "headwater-signals-"));
    const store = createSqliteStore({ dataFolder, clock: systemClock });
    await store.start();
    await subscribe(store, kind, count);
    const none = kind.none(count);
    await measure(store, { name, count, what: "meet none", paramsOf: () => none });
    const { one } = kind;
    if (one !== undefined) {
      const paramsOf = (index: number): Params => one((index * 7919) % count);
      await measure(store, { name, count, what: "start a run each", paramsOf });
    }
    await store.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

interface Load {
  readonly name: string;
  readonly count: number;
  readonly what: string;
  readonly paramsOf: (index: number) => Params;
}

async function measure(store: Store, { name, count, what, paramsOf }: Load): Promise<void> {
  const matcher = matcherOf(store);
  const matchAll = async (): Promise<void> => {
    while (await matcher.matchNext());
  };
  const before = process.cpuUsage();
  const recordedMs = await timed(() => record(store, paramsOf));
  const matchedMs = await timed(matchAll);
  const { user, system } = process.cpuUsage(before);
  const bothMs = await timed(async () => {
    const recording = { isOver: false };
    const recorded = record(store, paramsOf).then(() => void (recording.isOver = true));
    while (!recording.isOver)
      if (!(await matcher.matchNext())) await new Promise((resolve) => setImmediate(resolve));
    await recorded;
    await matchAll();
  });
  const rates = [recordedMs, matchedMs, bothMs].map((ms) => Math.round((SIGNALS / ms) * 1000));
  console.log(
    `| ${name} | ${count} | ${what} | ${rates.join(" | ")} | ${((user + system) / SIGNALS).toFixed(0)} |`,
  );
}

/** As many callers at once as a busy service has. */
async function record(store: Store, paramsOf: Load["paramsOf"]): Promise<void> {
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let index = next++; index < SIGNALS; index = next++) {
      const at = systemClock.now();
      const params = { rows: index, ...paramsOf(index) };
      await store.recordSignal({
        key: systemIds.next("sig", at),
        signal: "updated",
        params,
        environment: "production",
        runId: null,
        at,
      });
    }
  };
  await Promise.all(Array.from({ length: 200 }, caller));
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function subscribe(store: Store, kind: Kind, count: number): Promise<void> {
  const workflows = Array.from({ length: count / PER_WORKFLOW }, (_, workflow) => {
    const triggers = Array.from({ length: PER_WORKFLOW }, (_one, index): Trigger => {
      return {
        kind: "signal",
        signal: "updated",
        match: kind.match(workflow * PER_WORKFLOW + index),
        if: null,
        dedupe: null,
        params: {},
      };
    });
    return [`w${workflow}`, { triggers, version: `v${workflow}` }] as const;
  });
  await store.activateDeployment(activation(deployment("d1"), Object.fromEntries(workflows)));
}

function matcherOf(store: Store): SignalMatcher {
  return new SignalMatcher({
    store,
    clock: systemClock,
    runs: { adopt: () => undefined, hear: () => undefined },
    ids: systemIds,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    evaluator: createEvaluator(),
    scheduleReader: createScheduleReader(),
  });
}
