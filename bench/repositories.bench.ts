import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@headwater/api";
import { createScriptedRepository } from "./scripted-repository.js";

// So many repositories of so many workflows each, followed by one service in a process of its own. Budgets at 1,000 of 100: at rest
// under 5 % of a core, git included; under 500 MB; 10 s from the start of the process until it is ready. Linux only.

const REPOSITORIES = Number(process.env["REPOSITORIES"] ?? 1000);
const WORKFLOWS = Number(process.env["WORKFLOWS"] ?? 100);
const REST_SECONDS = Number(process.env["REST_SECONDS"] ?? 120);
const SETTLE_SECONDS = Number(process.env["SETTLE_SECONDS"] ?? 60);
/** Day and month of all schedules. `* *` are all days: then so many workflows of a day are no rest, but more than a run a second. */
const DAYS = process.env["DAYS"] ?? "1 1";
const TICKS_PER_SECOND = 100;

const folder = mkdtempSync(join(tmpdir(), "headwater-repositories-"));
const repositories = Array.from({ length: REPOSITORIES }, (_, index) => makeRepository(index));
const declared = join(folder, "repositories.json");
writeFileSync(declared, JSON.stringify({ repositories }));

console.log("| figure | measured |\n| --- | --- |");
const first = await start();
const firstAt = performance.now();
while (!(await areAllSeen(first))) await pause(1000);
row(
  "all deployed for the first time after",
  `${seconds(firstAt)}, ${cpuSeconds(first.child).toFixed(0)} s of CPU`,
);
await end(first);

const startedAt = performance.now();
const second = await start();
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

interface Running {
  readonly child: ChildProcess;
  readonly client: ReturnType<typeof createClient>;
}

function makeRepository(index: number): { readonly name: string; readonly url: string } {
  const repository = createScriptedRepository(join(folder, `origin-${index}.git`));
  const workflows = Array.from({ length: WORKFLOWS }, (_, number): readonly [string, string] => [
    `flows/w${number}.workflow.yaml`,
    `workflow: w${number}\ntriggers: [{ schedule: "${(index + number) % 60} ${number % 24} ${DAYS} *" }]\nsteps:\n  load: { run: echo ${number} }\n  tell: { needs: [load], run: echo done }\n`,
  ]);
  repository.commit({ "headwater.yaml": `project: p${index}\n`, ...Object.fromEntries(workflows) });
  return { name: `r${index}`, url: repository.url };
}

/** A service, once it answers that it is well. */
async function start(): Promise<Running> {
  const script = new URL("../../cli/bin/headwater.js", import.meta.url).pathname;
  const data = join(folder, "data");
  const child = spawn(process.execPath, [script, "serve", "--port", "0", "--data", data], {
    env: { ...process.env, HEADWATER_REPOSITORIES_FILE: declared },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.on("exit", () => reject(new RangeError(`the service has ended: ${said}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      said = `${said}${chunk.toString()}`.slice(0, 10_000);
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (found !== null) resolve(found[0]);
    });
  });
  const client = createClient({ baseUrl: url, fetch });
  await client.getHealth({});
  return { child, client };
}

async function end({ child }: Running): Promise<void> {
  child.kill("SIGTERM");
  await once(child, "exit");
}

async function areAllSeen({ client }: Running): Promise<boolean> {
  const { repositories: known } = await client.listRepositories({});
  return known.length === REPOSITORIES && known.every(({ headCommit }) => headCommit !== null);
}

/** Of the process and of all its children that have ended. Source: proc(5), stat */
function cpuSeconds({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const ticks = fields.slice(11, 15).map(Number);
  return ticks.reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND;
}

function memoryMb({ pid }: ChildProcess, field: string): number {
  const found = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Math.round(Number(found?.[1]) / 1024);
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function row(figure: string, measured: string): void {
  console.log(`| ${figure} | ${measured} |`);
}
