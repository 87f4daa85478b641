import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { it } from "mocha";
import { systemClock } from "#server/clock.js";
import { openConnection } from "#server/store/sqlite/connection.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import { advance, KEY, newRun, RUNNING, stepChange, SUCCEEDED } from "../store-rows.js";
import { temporaryFolder } from "./sqlite-world.js";

const PRUNER = join(import.meta.dirname, "pruner-process.js");
const RUNS = 12;
/** More than go in one sweep. */
const STEPS = 2500;
const LINES_BEFORE_KILL = [3, 7, 12];

it("kill -9 in the middle of pruning leaves no half of a run to be found, and the next life goes on", async () => {
  const folder = temporaryFolder();
  try {
    await fill(folder.path);
    for (const lines of LINES_BEFORE_KILL) {
      await pruneAndKill(folder.path, lines);
      await assertWhole(folder.path);
    }
    await pruneAndKill(folder.path, Infinity);
    assert.deepEqual(await assertWhole(folder.path), [`run-${RUNS - 1}`]);
    await assertNothingLeft(folder.path);
  } finally {
    folder.remove();
  }
});

async function fill(dataFolder: string): Promise<void> {
  const store = createSqliteStore({ dataFolder, clock: systemClock });
  await store.start();
  for (let index = 0; index < RUNS; index += 1) {
    const id = `run-${index}`;
    await store.createRuns([newRun(id)]);
    const steps = Array.from({ length: index === 2 ? STEPS : 3 }, (_, step) => stepChange(`step-${step}`));
    await store.advanceRun(advance(id, 1, { run: RUNNING, steps }));
    await store.advanceRun(advance(id, 2, { run: SUCCEEDED }));
  }
  await store.stop();
}

/** Kills the pruner after so many lines, or waits for its end. */
async function pruneAndKill(dataFolder: string, lines: number): Promise<void> {
  const child = spawn(process.execPath, [PRUNER, dataFolder], { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  let seen = 0;
  for await (const _line of createInterface({ input: child.stdout })) {
    seen += 1;
    if (seen === lines) child.kill("SIGKILL");
  }
  await closed;
}

/** Answers which runs are there. */
async function assertWhole(dataFolder: string): Promise<readonly string[]> {
  const store = createSqliteStore({ dataFolder, clock: systemClock });
  await store.start();
  const runs = await store.listRuns({ environment: KEY.environment, limit: 100 });
  for (const { id } of runs) {
    assert.equal((await store.readJournal(id)).length, 2);
    const steps = await store.listSteps(id, { limit: 10_000 });
    assert.equal(steps.length, id === "run-2" ? STEPS : 3);
  }
  await store.stop();
  return runs.map(({ id }) => id);
}

async function assertNothingLeft(dataFolder: string): Promise<void> {
  const connection = await openConnection(join(dataFolder, "headwater.db"), { access: "read" });
  for (const table of ["run", "run_progress"])
    assert.deepEqual(await connection.all(`SELECT count(*) AS rows FROM ${table}`), [{ rows: 1 }]);
  for (const table of ["journal", "step"]) {
    const keys = await connection.all(`SELECT DISTINCT run_key FROM ${table}`);
    assert.equal(keys.length, 1, table);
  }
  assert.deepEqual(await connection.all("PRAGMA foreign_key_check"), []);
  await connection.close();
}
