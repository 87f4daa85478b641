import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEvaluator, createScheduleReader } from "@headwater/workflow";
import { systemClock, type Clock } from "#server/clock.js";
import { systemIds } from "#server/ids.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import type { NewSchedule, Store } from "#server/store/store.js";
import { createTriggers } from "#server/triggers/create-triggers.js";
import { ScheduleFirer } from "#server/triggers/schedule-firer.js";
import type { TriggersOptions } from "#server/triggers/triggers.js";
import { ManualClock } from "#test/server/manual-clock.js";
import { activation, deployment, scheduleTrigger } from "#test/server/store/store-rows.js";

// So many schedules in one store, of which 10,000 have the same second and the others are daily at a minute of their own: what they
// take in memory, what the next slot costs, how long it takes to decide all that is due, and how late slots are at 100 a second.
// Budgets: 200 bytes each; the same next slot at any number; 10,000 in 2 s; p99 of 250 ms; a restart after 6 h in 10 s.

const COUNT = Number(process.env["SCHEDULES"] ?? 500_000);
const PER_WORKFLOW = 100;
const AT_ONCE = 10_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MIDNIGHT = Date.UTC(2026, 5, 1);
const reader = createScheduleReader();

const [, , phase, folder = "", count = ""] = process.argv;
if (phase === "make") await make(folder, Number(count));
else await measure();

async function measure(): Promise<void> {
  console.log("| figure | at | measured |\n| --- | --- | --- |");
  for (const number of [5000, COUNT]) {
    await withSchedules(number, async (dataFolder) => {
      await tellMemory(dataFolder, number);
      await tellNext(dataFolder, number);
      if (number === COUNT) await tellDue(dataFolder, number);
    });
  }
  await tellLateness();
}

/** Growth of this process by opening the store, asking for what is next, and a first round that fires nothing. */
async function tellMemory(dataFolder: string, number: number): Promise<void> {
  await withStore(dataFolder, async () => undefined);
  globalThis.gc?.();
  const before = process.memoryUsage();
  const clock = new ManualClock(MIDNIGHT);
  await withStore(dataFolder, async (store) => {
    await firerOf(store, clock).fireNext();
    await store.nextScheduleAt();
    globalThis.gc?.();
    const after = process.memoryUsage();
    const bytes = Math.max(0, after.rss - before.rss, after.heapUsed - before.heapUsed) / number;
    row("memory of a schedule", number, `${bytes.toFixed(1)} bytes`);
  });
}

async function tellNext(dataFolder: string, number: number): Promise<void> {
  await withStore(dataFolder, async (store) => {
    const times: number[] = [];
    for (let round = 0; round < 500; round += 1) {
      const startedAt = performance.now();
      await store.nextScheduleAt();
      times.push(performance.now() - startedAt);
    }
    row("the next slot", number, `${(quantile(times, 0.5) * 1000).toFixed(0)} µs`);
  });
}

async function tellDue(dataFolder: string, number: number): Promise<void> {
  // At 00:00:30 those of the same second are due; the first daily one is at 00:01.
  const clock = new ManualClock(MIDNIGHT);
  await withStore(dataFolder, async (store) => {
    const firer = firerOf(store, clock);
    clock.advance(30_000);
    const { tookMs, cpuS, runs } = await fireAll(firer, store);
    row(
      `${runs} due in the same second`,
      number,
      `${(tookMs / 1000).toFixed(2)} s, ${cpuS.toFixed(2)} s of CPU`,
    );
  });
  const later = new ManualClock(MIDNIGHT + 6 * HOUR);
  await withStore(dataFolder, async (store) => {
    const { tookMs, cpuS, runs } = await fireAll(firerOf(store, later), store);
    const wrong = (await store.listDueSchedules(later.now(), 1)).length;
    const expected = [...Array(number - AT_ONCE).keys()].filter((index) => minuteOf(index) <= 360).length;
    const verdict =
      wrong === 0 && runs === expected ? "each once" : `WRONG: ${expected} expected, ${wrong} left`;
    row(
      `restart after 6 h, ${runs} slots made up for`,
      number,
      `${(tookMs / 1000).toFixed(2)} s, ${cpuS.toFixed(2)} s of CPU, ${verdict}`,
    );
  });
}

async function fireAll(
  firer: ScheduleFirer,
  store: Store,
): Promise<{ readonly tookMs: number; readonly cpuS: number; readonly runs: number }> {
  const before = await countRuns(store);
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  while ((await firer.fireNext()) !== null);
  const tookMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  return { tookMs, cpuS: (user + system) / 1e6, runs: (await countRuns(store)) - before };
}

async function countRuns(store: Store): Promise<number> {
  let runs = 0;
  for (let before: string | undefined; ;) {
    const page = await store.listRuns({ limit: 1000, ...(before === undefined ? {} : { before }) });
    runs += page.length;
    before = page.at(-1)?.id;
    if (page.length < 1000) return runs;
  }
}

/** A hundred schedules of a second each, a hundredth of a second apart, in real time. */
async function tellLateness(): Promise<void> {
  const dataFolder = mkdtempSync(join(tmpdir(), "headwater-late-"));
  await withStore(dataFolder, async (store) => {
    const base = systemClock.now() + 1000;
    const schedules = Array.from({ length: 100 }, (_, index) => {
      const startsAt = base + index * 10;
      const trigger = scheduleTrigger({ schedule: "every 1s", timezone: "UTC", startsAt });
      return { id: `s${index}`, trigger, nextSlotAt: startsAt, nextAt: startsAt };
    });
    await store.activateDeployment(activation(deployment("d1"), { daily: { schedules } }));
    const triggers = createTriggers(optionsOf(store, systemClock));
    await triggers.start();
    await new Promise((resolve) => setTimeout(resolve, 21_000));
    await triggers.stop();
    const late: number[] = [];
    for (let before: string | undefined; ;) {
      const page = await store.listRuns({ limit: 1000, ...(before === undefined ? {} : { before }) });
      late.push(...page.map(({ createdAt, scheduledAt }) => createdAt - scheduledAt));
      before = page.at(-1)?.id;
      if (page.length < 1000) break;
    }
    const said = [0.5, 0.99, 1].map((part) => quantile(late, part).toFixed(0)).join(", ");
    row(`lateness of ${late.length} slots, 100 a second: median, p99, worst`, 100, `${said} ms`);
  });
  rmSync(dataFolder, { recursive: true, force: true });
}

async function withSchedules(number: number, body: (dataFolder: string) => Promise<void>): Promise<void> {
  const dataFolder = mkdtempSync(join(tmpdir(), "headwater-schedules-"));
  // In a process of its own: what the making takes is not what they take.
  const child = fork(new URL(import.meta.url), ["make", dataFolder, String(number)]);
  await once(child, "exit");
  await body(dataFolder);
  rmSync(dataFolder, { recursive: true, force: true });
}

async function make(dataFolder: string, number: number): Promise<void> {
  await withStore(dataFolder, async (store) => {
    const workflows = Array.from({ length: number / PER_WORKFLOW }, (_, workflow) => {
      const schedules = Array.from({ length: PER_WORKFLOW }, (_one, index) =>
        scheduleOf(workflow * PER_WORKFLOW + index, number),
      );
      return [`w${workflow}`, { schedules, version: `v${workflow}` }] as const;
    });
    await store.activateDeployment(activation(deployment("d1"), Object.fromEntries(workflows)));
  });
}

function minuteOf(index: number): number {
  return 1 + ((index * 7919) % 1439);
}

function scheduleOf(index: number, number: number): NewSchedule {
  const isDaily = index < number - AT_ONCE;
  const minute = isDaily ? minuteOf(index) : 0;
  const schedule = isDaily ? `${minute % 60} ${Math.floor(minute / 60)} * * *` : "30 0 0 * * *";
  const trigger = scheduleTrigger({ schedule, timezone: "UTC" });
  const nextSlotAt = reader.nextFire(trigger, MIDNIGHT - HOUR);
  return { id: `s${index}`, trigger, nextSlotAt, nextAt: nextSlotAt };
}

async function withStore(dataFolder: string, body: (store: Store) => Promise<void>): Promise<void> {
  const store = createSqliteStore({ dataFolder, clock: systemClock });
  await store.start();
  await body(store);
  await store.stop();
}

function firerOf(store: Store, clock: Clock): ScheduleFirer {
  return new ScheduleFirer(optionsOf(store, clock));
}

function optionsOf(store: Store, clock: Clock): TriggersOptions {
  return {
    store,
    clock,
    runs: { adopt: () => undefined, hear: () => undefined },
    ids: systemIds,
    log: { info: () => undefined, warn: () => undefined, error: (message) => console.error(message) },
    evaluator: createEvaluator(),
    scheduleReader: reader,
  };
}

function quantile(numbers: readonly number[], part: number): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
}

function row(figure: string, at: number, measured: string): void {
  console.log(`| ${figure} | ${at} | ${measured} |`);
}
