import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { it } from "mocha";
import { systemClock } from "#server/clock.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import { seededRandom } from "../../../seeded-random.js";
import { temporaryFolder } from "./sqlite-world.js";

const WRITER = join(import.meta.dirname, "writer-process.js");
const ROUNDS = 5;
const SEED = 23;

it("kill -9 loses nothing that was acknowledged, tears nothing, and lets go of the folder", async () => {
  const folder = temporaryFolder();
  const random = seededRandom(SEED);
  try {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const acknowledged = await writeAndKill(folder.path, 20 + Math.floor(random() * 800));
      await assertWhole(folder.path, acknowledged);
    }
  } finally {
    folder.remove();
  }
});

/** Kills the writer once it has acknowledged `lines` advances; answers the last one of each run. */
async function writeAndKill(dataFolder: string, lines: number): Promise<ReadonlyMap<string, number>> {
  const child = spawn(process.execPath, [WRITER, dataFolder], { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  const acknowledged = new Map<string, number>();
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [runId = "", seq = ""] = line.split(" ");
    acknowledged.set(runId, Number(seq));
    seen += 1;
    if (seen === 1) await assertLocked(dataFolder);
    if (seen === lines) child.kill("SIGKILL");
  }
  await closed;
  assert.ok(seen >= lines, `the writer ended after ${seen} of ${lines} advances`);
  return acknowledged;
}

async function assertLocked(dataFolder: string): Promise<void> {
  const second = createSqliteStore({ dataFolder, clock: systemClock });
  await assert.rejects(second.start(), { name: "StoreError", code: "data-folder-locked" });
}

async function assertWhole(dataFolder: string, acknowledged: ReadonlyMap<string, number>): Promise<void> {
  const store = createSqliteStore({ dataFolder, clock: systemClock });
  await store.start();
  for (const [runId, seq] of acknowledged) {
    const journal = (await store.readJournal(runId)).map((entry) => entry.seq);
    assert.ok(journal.length >= seq, `${runId}: ${seq} acknowledged, ${journal.length} there`);
    assert.deepEqual(
      journal,
      Array.from(journal, (_, index) => index + 1),
    );
    const steps = await store.listSteps(runId, { limit: 100_000 });
    assert.equal(steps.length, journal.length + 1);
    assert.equal(steps.find(({ path }) => path === "last")?.attempt, journal.length);
  }
  await store.stop();
}
