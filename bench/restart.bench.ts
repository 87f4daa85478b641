import { startLocalRuns } from "#test/server/runs/local-runs.js";
import { tableOf, timeInTurns } from "./median.js";

// So many workflows, each with a run whose step is under way, and the service starts again: store, workers and runs, until all
// runs are there. Budget: 3 s. Git and HTTP are not in it.

const WORKFLOWS = 2000;
const files = Object.fromEntries(
  Array.from({ length: WORKFLOWS }, (_workflow, index) => [
    `w${index}.workflow.yaml`,
    `workflow: w${index}\nsteps:\n  first: { noop: {} }\n  rest: { needs: [first], sleep: 1h }\n`,
  ]),
);
const first = await startLocalRuns(files);
const ids: string[] = [];
for (let index = 0; index < WORKFLOWS; index += 1) ids.push((await first.start(`w${index}`)).id);
const { dataFolder } = first;
while (!(await allRest(first))) await new Promise((resolve) => setTimeout(resolve, 50));
await first.stop(true);

let cpuMs = 0;
const timings = await timeInTurns(3, {
  [`restart with ${WORKFLOWS} runs`]: async () => {
    const startedAt = performance.now();
    const before = process.cpuUsage();
    const next = await startLocalRuns({}, dataFolder);
    const tookMs = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(before);
    cpuMs = (user + system) / 1000;
    if (ids.some((id) => next.runs.lookAt(id) === null)) console.error("a run is not there");
    await next.stop(true);
    return tookMs;
  },
});
console.log(tableOf(timings, `restart with ${WORKFLOWS} runs`));
console.log(`\nCPU of the last one: ${cpuMs.toFixed(0)} ms`);
const last = await startLocalRuns({}, dataFolder);
await last.stop();

async function allRest({ store }: typeof first): Promise<boolean> {
  for (const id of ids) {
    const [rest] = await store.listSteps(id, { limit: 1, path: "rest" });
    if (rest?.status === "waiting" || rest === undefined) return false;
  }
  return true;
}
