import { join } from "node:path";
import { startLocalRuns } from "#test/server/runs/local-runs.js";
import { tableOf, timeInTurns } from "./median.js";
import { startLineProcess } from "./peer.js";

// What a `run: "true"` step costs, from its durable decision to its durable end, beside a bare spawn of the same shell from a
// small process: one at a time and eight, then again with 2 GB in the service, whose own fork would then take 100 ms.

const STEPS = 200;
const BALLAST_BYTES = 2 * 1024 ** 3;

const local = await startLocalRuns(
  Object.fromEntries(
    [1, 8].map((parallel) => [
      `spawn-${parallel}.workflow.yaml`,
      [
        `workflow: spawn-${parallel}`,
        "steps:",
        "  each:",
        `    foreach: { n: "\${{ range(0, ${STEPS}) }}" }`,
        `    max_parallel: ${parallel}`,
        '    steps: { job: { run: "true" } }\n',
      ].join("\n"),
    ]),
  ),
);
const bare = startLineProcess(process.execPath, [join(import.meta.dirname, "bare-spawn.js")]);

for (const ballastBytes of [0, BALLAST_BYTES]) {
  const ballast = Buffer.alloc(ballastBytes, 1);
  for (const parallel of [1, 8]) {
    const held = ballast.length === 0 ? "" : ", 2 GB in the service";
    console.log(`\n### ${STEPS} steps, ${parallel} at once${held}: milliseconds for all\n`);
    const timings = await timeInTurns(7, {
      "bare spawn": () => bare.round(`${STEPS} ${parallel}`),
      "Headwater step": async () => {
        const { status } = await local.ended((await local.start(`spawn-${parallel}`)).id);
        if (status !== "succeeded") console.error(`the run ended ${status}`);
      },
    });
    console.log(tableOf(timings, "bare spawn"));
  }
}
await bare.stop();
await local.stop();
