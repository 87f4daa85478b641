import { systemClock } from "#server/clock.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";

/** Forgets and sweeps every run that ended before now, one at a time, until it is killed or done, and prints a line for each write. */
async function pruneUntilKilled(dataFolder: string): Promise<void> {
  const store = createSqliteStore({ dataFolder, clock: systemClock });
  await store.start();
  for (let after: number | null = 0; after !== null;) {
    after = (await store.pruneRuns({ endedBefore: 5000, after, limit: 1 })).next;
    process.stdout.write("forgotten\n");
    if (await store.sweepPrunedRuns()) process.stdout.write("swept\n");
  }
  while (await store.sweepPrunedRuns()) process.stdout.write("swept\n");
  await store.stop();
  process.stdout.write("done\n");
}

await pruneUntilKilled(process.argv[2] ?? "");
