import { statSync } from "node:fs";
import { join } from "node:path";
import { startLocalRuns, type LocalRuns } from "#test/server/runs/local-runs.js";

// A run of a million jobs, which is as many as a run may have, and a start of the service in its middle. Another number: JOBS=100000.

const JOBS = Number(process.env["JOBS"] ?? 1_000_000);
const INNER = Math.min(100_000, JOBS / 10);
const files = {
  "million.workflow.yaml": `
workflow: million
steps:
  parts:
    foreach: { part: "\${{ range(0, ${JOBS / INNER}) }}" }
    steps: { jobs: { foreach: { n: "\${{ range(0, ${INNER}) }}" }, steps: { job: { noop: {} } } } }
`,
};

let local = await startLocalRuns(files);
const { dataFolder } = local;
const before = process.cpuUsage();
const startedAt = performance.now();
const { id } = await local.start("million");
while ((await partsEnded(local)) < JOBS / INNER / 2) await new Promise((resolve) => setTimeout(resolve, 100));
await local.stop(true);
const again = process.cpuUsage();
const againAt = performance.now();
local = await startLocalRuns({}, dataFolder);
const restartMs = performance.now() - againAt;
const restartCpuMs = cpuMs(again);
const { status, reason } = await local.ended(id);
const tookMs = performance.now() - startedAt;
if (status !== "succeeded") console.error(`the run ended ${status}: ${reason}`);
const jobsMs = cpuMs(before);
await local.stop(true);
const bytes = statSync(join(dataFolder, "headwater.db")).size;
const last = await startLocalRuns({}, dataFolder);
await last.stop();

console.log(
  "| jobs | s | jobs/s | CPU µs a job | peak RSS MB | bytes a job on disk | start in the middle ms | its CPU ms |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
const cells = [
  JOBS,
  (tookMs / 1000).toFixed(1),
  (JOBS / (tookMs / 1000)).toFixed(0),
  ((1000 * jobsMs) / JOBS).toFixed(1),
  (process.resourceUsage().maxRSS / 1024).toFixed(0),
  (bytes / JOBS).toFixed(0),
  restartMs.toFixed(0),
  restartCpuMs.toFixed(0),
];
console.log(`| ${cells.join(" | ")} |`);

async function partsEnded({ store }: LocalRuns): Promise<number> {
  const [parts] = await store.listSteps(id, { limit: 1, path: "parts" });
  return parts?.iterations?.succeeded ?? 0;
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}
