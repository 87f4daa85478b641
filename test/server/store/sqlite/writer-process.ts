import { systemClock } from "#server/clock.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import { advance, newRun, stepChange } from "../store-rows.js";

/**
 * Advances ten runs at once until it is killed, going on where their journals end, and prints `<run> <seq>` for every
 * advance that the store has acknowledged.
 */
async function writeUntilKilled(dataFolder: string): Promise<void> {
  const store = createSqliteStore({ dataFolder, clock: systemClock });
  await store.start();
  const runs = Array.from({ length: 10 }, (_, index) => `run-${index}`);
  await store.createRuns(runs.map((id) => newRun(id)));
  await Promise.all(
    runs.map(async (runId) => {
      for (let seq = (await store.readJournal(runId)).length + 1; ; seq += 1) {
        await store.advanceRun(
          advance(runId, seq, { steps: [stepChange(`step-${seq}`), stepChange("last", { attempt: seq })] }),
        );
        process.stdout.write(`${runId} ${seq}\n`);
      }
    }),
  );
}

await writeUntilKilled(process.argv[2] ?? "");
