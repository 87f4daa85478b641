import { createChangeFeed } from "#server/changes/change-feed.js";
import { systemClock } from "#server/clock.js";
import { systemIds } from "#server/ids.js";
import { createSource } from "#server/source/create-source.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";

// A process to be killed: adds the repository when it is new, checks the commit out for a run, tells where and what memory it took, ends.

const [dataFolder = "", url = ""] = process.argv.slice(2);
const store = createSqliteStore({ dataFolder, clock: systemClock });
await store.start();
const source = createSource({
  dataFolder,
  store,
  clock: systemClock,
  ids: systemIds,
  feed: createChangeFeed({ boot: "killed", remembered: 1 }),
  pollIntervalMs: 3_600_000,
  onCommit: async () => undefined,
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  environment: process.env,
});
await source.start();
const [known] = await store.listRepositories();
const { id } = known ?? (await source.addRepository({ url }));
// The answer to adding it does not wait for a slow clone, nor is one known that an earlier process was killed in.
const { headCommit } = await source.syncRepository(id);
const before = process.memoryUsage.rss();
const folder = await source.checkOut({ id: "run_1", repositoryId: id, commit: headCommit ?? "" });
const grownBytes = process.resourceUsage().maxRSS * 1024 - before;
process.stdout.write(JSON.stringify({ folder, grownBytes }));
await source.stop();
await store.stop();
