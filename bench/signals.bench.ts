import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEvaluator, createScheduleReader, type Trigger } from "@headwater/workflow";
import { systemClock } from "#server/clock.js";
import { systemIds } from "#server/ids.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import type { Store } from "#server/store/store.js";
import { SignalMatcher } from "#server/triggers/signal-matcher.js";
import { activation, deployment } from "#test/server/store/store-rows.js";

// So many triggers listen to one signal, each for a table of its own. What a signal costs that meets none of them, and one, and how
// many signals a second are recorded and matched, both durably. Budgets: the cost does not grow with those that do not match, and
// 5,000 signals a second with 100,000 subscriptions.

const COUNT = Number(process.env["SUBSCRIPTIONS"] ?? 100_000);
const PER_WORKFLOW = 10;
const SIGNALS = Number(process.env["SIGNALS"] ?? 20_000);

console.log(
  "| subscriptions | signals that | recorded/s | matched/s | both at once, signals/s | CPU µs a signal, all threads |",
);
console.log("| --- | --- | --- | --- | --- | --- |");
for (const count of [1000, COUNT]) {
  const dataFolder = mkdtempSync(join(tmpdir(), "headwater-signals-"));
  const store = createSqliteStore({ dataFolder, clock: systemClock });
  await store.start();
  await subscribe(store, count);
  await measure(store, { count, what: "meet none", tableOf: () => "none" });
  await measure(store, { count, what: "start a run each", tableOf: (index) => `t${(index * 7919) % count}` });
  await store.stop();
  rmSync(dataFolder, { recursive: true, force: true });
}

interface Load {
  readonly count: number;
  readonly what: string;
  readonly tableOf: (index: number) => string;
}

async function measure(store: Store, { count, what, tableOf }: Load): Promise<void> {
  const matcher = matcherOf(store);
  const matchAll = async (): Promise<void> => {
    while (await matcher.matchNext());
  };
  const before = process.cpuUsage();
  const recordedMs = await timed(() => record(store, tableOf));
  const matchedMs = await timed(matchAll);
  const { user, system } = process.cpuUsage(before);
  const bothMs = await timed(async () => {
    const recording = { isOver: false };
    const recorded = record(store, tableOf).then(() => void (recording.isOver = true));
    while (!recording.isOver)
      if (!(await matcher.matchNext())) await new Promise((resolve) => setImmediate(resolve));
    await recorded;
    await matchAll();
  });
  const rates = [recordedMs, matchedMs, bothMs].map((ms) => Math.round((SIGNALS / ms) * 1000));
  console.log(`| ${count} | ${what} | ${rates.join(" | ")} | ${((user + system) / SIGNALS).toFixed(0)} |`);
}

/** As many callers at once as a busy service has. */
async function record(store: Store, tableOf: Load["tableOf"]): Promise<void> {
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let index = next++; index < SIGNALS; index = next++) {
      const at = systemClock.now();
      const params = { table: tableOf(index), rows: index };
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

async function subscribe(store: Store, count: number): Promise<void> {
  const workflows = Array.from({ length: count / PER_WORKFLOW }, (_, workflow) => {
    const triggers = Array.from({ length: PER_WORKFLOW }, (_one, index): Trigger => {
      const value = `t${workflow * PER_WORKFLOW + index}`;
      return {
        kind: "signal",
        signal: "updated",
        match: [{ param: "table", operator: "eq", value }],
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
