import { join } from "node:path";
import { openConnection, type Connection } from "#server/store/sqlite/connection.js";
import { startLocalRuns, type LocalRuns } from "#test/server/runs/local-runs.js";

// What a step costs in a store that has kept so many runs: a chain of no-ops, in CPU time of the whole process, and a page of the list
// of runs. Past runs are copies of one that has run, made by SQL. Budget: within 1.3 from the first size to the last.

const STEPS = 40;
const CHAINS = 25;
const sizes = (process.env["RUNS"] ?? "10,100000,1000000").split(",").map(Number);
const chain = Array.from(
  { length: STEPS },
  (_step, index) => `  s${index}: { ${index === 0 ? "" : `needs: [s${index - 1}], `}noop: {} }`,
);
const files = {
  "chain.workflow.yaml": `workflow: chain\nsteps:\n${chain.join("\n")}\n`,
  "past.workflow.yaml": "workflow: past\nsteps: { one: { noop: {} }, two: { needs: [one], noop: {} } }\n",
};

let local = await startLocalRuns(files);
const { dataFolder } = local;
const template = (await local.start("past")).id;
await local.ended(template);
console.log(
  "| past runs | steps in the store | CPU µs a step | a page of runs ms | start of the service ms |",
);
console.log("| --- | --- | --- | --- | --- |");
let there = 1;
for (const size of sizes) {
  await local.stop(true);
  await fill(join(dataFolder, "headwater.db"), { from: there, to: size });
  there = Math.max(there, size);
  const startedAt = performance.now();
  local = await startLocalRuns({}, dataFolder);
  const startMs = performance.now() - startedAt;
  await chains(local, 15);
  const costs: number[] = [];
  for (let round = 0; round < 9; round += 1) costs.push(await chains(local, CHAINS));
  const pageAt = performance.now();
  for (let page = 0; page < 20; page += 1) await local.store.listRuns({ workflow: "past", limit: 50 });
  const pageMs = (performance.now() - pageAt) / 20;
  costs.sort((one, other) => one - other);
  const [least = NaN, median = NaN] = [costs[0], costs[costs.length >> 1]];
  const cells = [size, 2 * size, median.toFixed(1), least.toFixed(1), pageMs.toFixed(2), startMs.toFixed(0)];
  console.log(`| ${cells.join(" | ")} |`);
}
await local.stop();

/** Runs so many chains, one after the other. @returns microseconds of CPU a step */
async function chains(runs: LocalRuns, count: number): Promise<number> {
  const before = process.cpuUsage();
  for (let index = 0; index < count; index += 1) await runs.ended((await runs.start("chain")).id);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (count * STEPS);
}

/** Copies of the template, with its steps, its journal and the signal of its end. */
async function fill(
  file: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  const db = await openConnection(file, { access: "write" });
  await db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144");
  const [row] = await db.all<{ readonly key: number; readonly last: number }>(
    `SELECT key, (SELECT max(key) FROM run) AS last FROM run WHERE id = '${template}'`,
  );
  const { key, last } = row ?? { key: 0, last: 0 };
  const PART = 50_000;
  for (let begin = from; begin < to; begin += PART) {
    const counter = `WITH RECURSIVE n (i) AS (VALUES (${begin}) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${Math.min(to, begin + PART)})`;
    const keyOf = `${last} + n.i - ${from} + 1`;
    await db.exec("BEGIN");
    await copy(db, {
      table: "run",
      where: `key = ${key}`,
      counter,
      changes: { key: keyOf, id: "id || '-' || n.i", number: `number + n.i`, trigger_key: "NULL" },
    });
    for (const table of ["step", "journal"])
      await copy(db, { table, where: `run_key = ${key}`, counter, changes: { run_key: keyOf } });
    await copy(db, {
      table: "signal",
      where: `run_id = '${template}'`,
      counter,
      changes: { id: "NULL", key: "key || '-' || n.i", run_id: "run_id || '-' || n.i" },
    });
    await db.exec("UPDATE signal_cursor SET matched_up_to = (SELECT max(id) FROM signal); COMMIT");
  }
  await db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  await db.close();
}

async function copy(
  db: Connection,
  {
    table,
    where,
    counter,
    changes,
  }: {
    readonly table: string;
    readonly where: string;
    readonly counter: string;
    readonly changes: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const columns = (
    await db.all<{ readonly name: string }>(`SELECT name FROM pragma_table_info('${table}')`)
  ).map(({ name }) => name);
  const values = columns.map((name) => changes[name] ?? `source.${name}`);
  await db.exec(
    `${counter} INSERT INTO ${table} (${columns.join(", ")}) SELECT ${values
      .join(", ")
      .replaceAll(/\b(id|key|number|run_id) \|\|/g, "source.$1 ||")
      .replaceAll("number +", "source.number +")} FROM n, (SELECT * FROM ${table} WHERE ${where}) AS source`,
  );
}
