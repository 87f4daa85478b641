import { spawn } from "node:child_process";
import { startLocalRuns, type LocalRuns } from "#test/server/runs/local-runs.js";

// From when a step is ready to when its process has begun, of steps one after the other: with nothing else, and beside so many that
// run. Budget: p99 under 10 ms and 50 ms. What the machine itself takes to start a process at that moment stands beside it.

const RUNNING = Number(process.env["RUNNING"] ?? 1000);
const STEPS = 300;
const chain = Array.from(
  { length: STEPS },
  (_step, index) => `  s${index}: { ${index === 0 ? "" : `needs: [s${index - 1}], `}run: "true" }`,
);
const local = await startLocalRuns(
  {
    "chain.workflow.yaml": `workflow: chain\nsteps:\n${chain.join("\n")}\n`,
    "crowd.workflow.yaml": `workflow: crowd\nsteps:\n  all: { foreach: { n: "\${{ range(0, ${RUNNING}) }}" }, steps: { one: { run: exec sleep 3600 } } }\n`,
  },
  undefined,
  { slots: RUNNING + 8 },
);
console.log("| running beside | median ms | p99 ms | most ms | bare spawn: median ms | p99 ms |");
console.log("| --- | --- | --- | --- | --- | --- |");
await measure(local, "nothing");
const crowd = await local.start("crowd");
for (;;) {
  const [loop] = await local.store.listSteps(crowd.id, { limit: 1, path: "all" });
  const begun = await local.store.listSteps(crowd.id, { limit: RUNNING, statuses: ["running"], loop: "all" });
  if (loop?.iterations?.running === RUNNING && begun.length === RUNNING) break;
  await new Promise((resolve) => setTimeout(resolve, 200));
}
await measure(local, `${RUNNING} steps`);
await local.runs.actOnRun(crowd.id, { kind: "cancel", by: "bench", reason: "" });
await local.ended(crowd.id);
await local.stop();

async function measure(runs: LocalRuns, beside: string): Promise<void> {
  const { id } = await runs.start("chain");
  await runs.ended(id);
  const steps = await runs.store.listSteps(id, { limit: STEPS });
  // The first ones load what is loaded once.
  const delays = steps.slice(10).map(({ queuedAt, startedAt }) => (startedAt ?? NaN) - (queuedAt ?? NaN));
  const bare: number[] = [];
  while (bare.length < delays.length) bare.push(await bareSpawn());
  const cells = [at(delays, 0.5), at(delays, 0.99), at(delays, 1), at(bare, 0.5), at(bare, 0.99)];
  console.log(`| ${beside} | ${cells.map((ms) => ms.toFixed(1)).join(" | ")} |`);
}

function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
}

/** Milliseconds until a process is there, started from here. */
async function bareSpawn(): Promise<number> {
  const startedAt = performance.now();
  const child = spawn("sh", ["-c", "true"], { stdio: "ignore" });
  await new Promise((resolve) => child.once("spawn", resolve));
  const tookMs = performance.now() - startedAt;
  await new Promise((resolve) => child.once("exit", resolve));
  return tookMs;
}
