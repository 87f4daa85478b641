import { openBareTable } from "./bare-commits.js";
import { tableOf, timeInTurns } from "./median.js";
import { startPeer } from "./peer.js";
import { startLocalRuns } from "#test/server/runs/local-runs.js";

// What a step costs the engine, its journal and its store when the step itself does nothing; beside two peers in the
// same run. The peers are not like for like: BullMQ and DBOS cross to a server of their own, we keep our journal in process.

const STEPS = 40;
/** DBOS takes minutes for the most of them, and sits that out. */
const JOBS = [1000, 10_000];
const JOBS_OF_DBOS_MAX = 1000;
const chain = Array.from(
  { length: STEPS },
  (_step, index) => `  s${index}: { ${index === 0 ? "" : `needs: [s${index - 1}], `}noop: {} }`,
).join("\n");

const local = await startLocalRuns({
  "chain.workflow.yaml": `workflow: chain\nsteps:\n${chain}\n`,
  // Each has to ask for its place when the one before is durable, so that each is a commit.
  "apart.workflow.yaml": `workflow: apart\nmax_parallel_steps: 1\nsteps:\n${chain}\n`,
  ...Object.fromEntries(JOBS.map((jobs) => [`fan-${jobs}.workflow.yaml`, fan(jobs)])),
});
const bare = await openBareTable();
const peers = { BullMQ: await startPeer("bullmq"), DBOS: await startPeer("dbos") };
const installed = Object.entries(peers).flatMap(([name, peer]) => (peer === null ? [] : [{ name, peer }]));
if (installed.length < 2)
  console.log("(no peers: `npm ci` in bench/peers, redis-server and PostgreSQL on this machine)\n");

console.log(`### ${STEPS} sequential no-op steps\n`);
console.log(
  tableOf(
    await timeInTurns(15, {
      [`${STEPS} bare commits`]: async () => {
        for (let commit = 0; commit < STEPS; commit += 1) await bare.commit();
      },
      Headwater: () => run("chain"),
      "Headwater, each step a commit": () => run("apart"),
      ...Object.fromEntries(installed.map(({ name, peer }) => [name, () => peer.round(`chain ${STEPS}`)])),
    }),
    `${STEPS} bare commits`,
  ),
);

for (const jobs of JOBS) {
  console.log(`\n### ${jobs} no-op jobs at once and a join\n`);
  const peersOfSize = installed.filter(({ name }) => name !== "DBOS" || jobs <= JOBS_OF_DBOS_MAX);
  console.log(
    tableOf(
      await timeInTurns(7, {
        Headwater: () => run(`fan-${jobs}`),
        ...Object.fromEntries(peersOfSize.map(({ name, peer }) => [name, () => peer.round(`fan ${jobs}`)])),
      }),
      "Headwater",
    ),
  );
}

for (const { peer } of installed) await peer.stop();
await bare.close();
await local.stop();

function fan(jobs: number): string {
  return [
    `workflow: fan-${jobs}`,
    "steps:",
    `  fan: { foreach: { n: "\${{ range(0, ${jobs}) }}" }, steps: { job: { noop: {} } } }`,
    "  join: { needs: [fan], noop: {} }\n",
  ].join("\n");
}

async function run(workflow: string): Promise<void> {
  const { status, reason } = await local.ended((await local.start(workflow)).id);
  if (status !== "succeeded") console.error(`${workflow} ended ${status}: ${reason}`);
}
