import { statSync } from "node:fs";
import { join } from "node:path";
import { startLocalRuns, type LocalRuns } from "#test/server/runs/local-runs.js";

// One line of a table: a loop of so many iterations as the argument says. A process of its own, since memory is that of its whole
// life. More than a foreach may have are loops of 100,000 in a loop.

const ITERATIONS_MAX = 100_000;
const count = Number(process.argv[2]);

const files = {
  "warm.workflow.yaml": workflow("warm", 1000, "{ job: { noop: {} } }"),
  "rate.workflow.yaml": workflow("rate", count, "{ job: { noop: {} } }"),
  // All iterations end but the last one, so that the loop is still there to be looked at.
  "held.workflow.yaml": workflow(
    "held",
    Math.min(count, ITERATIONS_MAX),
    `{ job: { noop: {} }, hold: { needs: [job], if: "\${{ each.n == ${Math.min(count, ITERATIONS_MAX) - 1} }}", sleep: 1h } }`,
  ),
};
const local = await startLocalRuns(files);
for (let time = 0; time < 3; time += 1) await run(local, "warm");

const before = process.cpuUsage();
const startedAt = performance.now();
await run(local, "rate");
const wallMs = performance.now() - startedAt;
const { user, system } = process.cpuUsage(before);
const peakMb = process.resourceUsage().maxRSS / 1024;
const storedBytes = statSync(join(local.dataFolder, "headwater.db")).size;

const { heldBytes, heldRun } = await hold(local);
await local.stop(true);
const { replayMs, events } = await restart(local.dataFolder, heldRun);

const cells = [
  count,
  Math.round(count / (wallMs / 1000)),
  ((user + system) / count).toFixed(1),
  peakMb.toFixed(0),
  Math.round(storedBytes / count),
  Math.round(heldBytes / Math.min(count, ITERATIONS_MAX)),
  events,
  (replayMs / 1000).toFixed(2),
];
console.log(`| ${cells.join(" | ")} |`);

function workflow(id: string, iterations: number, steps: string): string {
  const inner = Math.min(iterations, ITERATIONS_MAX);
  const outer = iterations / inner;
  const loop = `{ foreach: { n: "\${{ range(0, ${inner}) }}" }, steps: ${steps} }`;
  const whole =
    outer === 1 ? loop : `{ foreach: { part: "\${{ range(0, ${outer}) }}" }, steps: { fan: ${loop} } }`;
  return `workflow: ${id}\nsteps:\n  fan: ${whole}\n  join: { needs: [fan], noop: {} }\n`;
}

async function run(runs: LocalRuns, id: string): Promise<void> {
  const { status, reason } = await runs.ended((await runs.start(id)).id);
  if (status !== "succeeded") console.error(`${id} ended ${status}: ${reason}`);
}

/** Bytes of the heap that a loop keeps whose iterations have ended, all but one. */
async function hold(runs: LocalRuns): Promise<{ readonly heldBytes: number; readonly heldRun: string }> {
  globalThis.gc?.();
  const free = process.memoryUsage();
  const { id } = await runs.start("held");
  for (;;) {
    const [loop] = await runs.store.listSteps(id, { limit: 1, path: "fan" });
    if (loop?.iterations?.succeeded === Math.min(count, ITERATIONS_MAX) - 1) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  globalThis.gc?.();
  const held = process.memoryUsage();
  const heldBytes = held.heapUsed - free.heapUsed + held.arrayBuffers - free.arrayBuffers;
  return { heldBytes, heldRun: id };
}

/** The service is started again on the same folder: until the run that is held goes on. */
async function restart(
  dataFolder: string,
  runId: string,
): Promise<{ readonly replayMs: number; readonly events: number }> {
  const again = performance.now();
  const next = await startLocalRuns({}, dataFolder);
  const replayMs = performance.now() - again;
  if (next.runs.lookAt(runId) === null) console.error("the run that was held is not there");
  const events = (await next.store.readJournal(runId)).length;
  await next.stop();
  return { replayMs, events };
}
