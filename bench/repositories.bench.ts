import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScriptedRepository } from "./scripted-repository.js";
import { cpuSeconds, end, memoryMb, pause, serve, type Served } from "./served.js";

// So many repositories of so many workflows each, followed by one service in a process of its own. Budgets at 1,000 of 100: at rest
// under 5 % of a core, git included; under 500 MB; 10 s from the start of the process until it is ready. Linux only.

const REPOSITORIES = Number(process.env["REPOSITORIES"] ?? 1000);
const WORKFLOWS = Number(process.env["WORKFLOWS"] ?? 100);
const REST_SECONDS = Number(process.env["REST_SECONDS"] ?? 120);
const SETTLE_SECONDS = Number(process.env["SETTLE_SECONDS"] ?? 60);
/** Day and month of all schedules. `* *` are all days: then so many workflows of a day are no rest, but more than a run a second. */
const DAYS = process.env["DAYS"] ?? "1 1";

const folder = mkdtempSync(join(tmpdir(), "headwater-repositories-"));
const repositories = Array.from({ length: REPOSITORIES }, (_, index) => makeRepository(index));
const declared = join(folder, "repositories.json");
writeFileSync(declared, JSON.stringify({ repositories }));
const data = join(folder, "data");
const environment = { HEADWATER_REPOSITORIES_FILE: declared };

console.log("| figure | measured |\n| --- | --- |");
const first = await serve(data, environment);
const firstAt = performance.now();
while (!(await areAllSeen(first))) await pause(1000);
row(
  "all deployed for the first time after",
  `${seconds(firstAt)}, ${cpuSeconds(first.child).toFixed(0)} s of CPU`,
);
await end(first);

const startedAt = performance.now();
const second = await serve(data, environment);
row("restart to ready", `${seconds(startedAt)}, ${cpuSeconds(second.child).toFixed(1)} s of CPU`);
// Every one is asked once, eight at a time.
await pause(SETTLE_SECONDS * 1000);
row(`after ${SETTLE_SECONDS} s more`, `${cpuSeconds(second.child).toFixed(1)} s of CPU in all, git included`);
const before = cpuSeconds(second.child);
const restedAt = performance.now();
await pause(REST_SECONDS * 1000);
const share = (cpuSeconds(second.child) - before) / ((performance.now() - restedAt) / 1000);
row("at rest", `${(share * 100).toFixed(1)} % of a core, git included`);
row("memory", `${memoryMb(second.child, "VmRSS")} MB, ${memoryMb(second.child, "VmHWM")} MB at most`);
await end(second);
rmSync(folder, { recursive: true, force: true });

function makeRepository(index: number): { readonly name: string; readonly url: string } {
  const repository = createScriptedRepository(join(folder, `origin-${index}.git`));
  const workflows = Array.from({ length: WORKFLOWS }, (_, number): readonly [string, string] => [
    `flows/w${number}.workflow.yaml`,
    `workflow: w${number}\ntriggers: [{ schedule: "${(index + number) % 60} ${number % 24} ${DAYS} *" }]\nsteps:\n  load: { run: echo ${number} }\n  tell: { needs: [load], run: echo done }\n`,
  ]);
  repository.commit({ "headwater.yaml": `project: p${index}\n`, ...Object.fromEntries(workflows) });
  return { name: `r${index}`, url: repository.url };
}

async function areAllSeen({ client }: Served): Promise<boolean> {
  const { repositories: known } = await client.listRepositories({});
  return known.length === REPOSITORIES && known.every(({ headCommit }) => headCommit !== null);
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

function row(figure: string, measured: string): void {
  console.log(`| ${figure} | ${measured} |`);
}
