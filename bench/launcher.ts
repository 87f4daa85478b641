// What the service adds to starting a process: `run: "true"` through the workers beside a bare spawn from a small process.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#server/clock.js";
import { createLocalWorkers, type LocalWorkers } from "#server/workers/local-workers.js";

const ATTEMPTS = 400;
const ROUNDS = 7;
const BALLAST_BYTES = 2 * 1024 ** 3;
let attempts = 0;
const folder = mkdtempSync(join(tmpdir(), "headwater-bench-"));

const workers = createLocalWorkers({
  config: {
    dataFolder: folder,
    maxLogBytes: 1024 ** 2,
    killAfterMs: 5000,
    stepEnv: [],
    environment: process.env,
  },
  clock: systemClock,
  nodePath: process.execPath,
});
await workers.start();
mkdirSync(join(folder, "tree"));
await measure(1, "");
await measure(8, "");
const ballast = Buffer.alloc(BALLAST_BYTES, 1);
await measure(1, ", service with 2 GB");
await measure(8, ", service with 2 GB");
console.log(`ballast kept: ${ballast.length} bytes`);
await workers.stop();
rmSync(folder, { recursive: true, force: true });

/** Interleaves rounds of both, so that a busy moment of the machine hits both alike. A big process does not spawn bare. */
async function measure(parallel: number, note: string): Promise<void> {
  const isSmall = note === "";
  const bare: number[] = [];
  const ours: number[] = [];
  const ratios: number[] = [];
  for (let round = -1; round < ROUNDS; round += 1) {
    const bareMs = isSmall ? await timeEach(parallel, bareSpawn) : NaN;
    const oursMs = await timeEach(parallel, () => execute(workers, round));
    if (round < 0) continue;
    bare.push(bareMs);
    ours.push(oursMs);
    ratios.push(oursMs / bareMs);
  }
  const text = (name: string, values: readonly number[]): string => `${name} ${median(values).toFixed(2)}`;
  const bareText = isSmall ? `${text("bare", bare)} ms, ` : "";
  const ratioText = isSmall ? `, ${text("ratio", ratios)}` : "";
  console.log(`parallel ${parallel}${note}: ${bareText}${text("headwater", ours)} ms each${ratioText}`);
}

/** Milliseconds of wall time for each of the attempts. */
async function timeEach(parallel: number, attempt: () => Promise<void>): Promise<number> {
  let left = ATTEMPTS;
  const startedAt = performance.now();
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await attempt();
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return (performance.now() - startedAt) / ATTEMPTS;
}

function bareSpawn(): Promise<void> {
  return new Promise((resolve, reject) => {
    spawn("sh", ["-c", "true"])
      .once("close", () => resolve())
      .once("error", reject);
  });
}

async function execute(on: LocalWorkers, round: number): Promise<void> {
  attempts += 1;
  const result = await on.execute(
    {
      runId: "run",
      path: "step",
      attempt: attempts,
      request: {
        kind: "run",
        script: "true",
        shell: "sh",
        env: {},
        workingDirectory: null,
        timeoutMs: 3_600_000,
        outputs: {},
      },
      variables: { HEADWATER_RUN_ID: "run", HEADWATER_STEP: "step" },
      tree: async () => join(folder, "tree"),
      dataFolder: join(folder, "data"),
      logFile: join(folder, "logs", `${round}`, `${attempts}.log`),
      outputFile: join(folder, "outputs", `step.${attempts}`),
    },
    new AbortController().signal,
    () => undefined,
  );
  if (result.status !== "succeeded")
    throw new TypeError(`The attempt did not succeed: ${JSON.stringify(result)}`);
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >> 1] ?? NaN;
}
