import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@headwater/api";
import { resolveConfig, startService } from "@headwater/server";
import { tableOf, timeInTurns } from "./median.js";

// From the hook to the active version, one changed file among 1,000; the floor is git alone doing the fetch.

const FILES = 1000;
const folder = mkdtempSync(join(tmpdir(), "headwater-push-"));
const checkout = join(folder, "checkout");
const origin = join(folder, "origin.git");
const floor = join(folder, "floor.git");
const git = (cwd: string, ...args: readonly string[]): string =>
  execFileSync("git", ["-c", "user.name=Bench", "-c", "user.email=bench@localhost", ...args], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });

mkdirSync(checkout);
writeFileSync(join(checkout, "headwater.yaml"), "project: bench\n");
for (let file = 0; file < FILES; file += 1) writeWorkflow(file, 0);
git(checkout, "init", "-q", "-b", "main");
git(checkout, "add", ".");
git(checkout, "commit", "-qm", "A thousand workflows");
git(folder, "clone", "-q", "--bare", checkout, origin);
git(folder, "clone", "-q", "--mirror", origin, floor);
git(checkout, "remote", "add", "origin", origin);

const silent = { info: () => undefined, warn: () => undefined, error: console.error };
const config = resolveConfig(
  { port: 0, dataFolder: join(folder, "data") },
  { ...process.env, HEADWATER_POLL_SECONDS: "3600" },
  folder,
);
const service = await startService({ config, log: silent });
if (service === null) throw new RangeError("nobody interrupts it");
const client = createClient({ baseUrl: service.url, fetch });
const firstAt = performance.now();
await client.addRepository({ body: { url: origin, name: "bench" } });
await active(git(checkout, "rev-parse", "HEAD").trim());
console.log(`first deployment of ${FILES} files: ${(performance.now() - firstAt).toFixed(0)} ms\n`);

let edition = 0;
const timings = await timeInTurns(9, {
  "git fetch of the push, alone": async () => {
    push();
    const startedAt = performance.now();
    git(floor, "fetch", "-q", "origin");
    return performance.now() - startedAt;
  },
  "hook to active version": async () => {
    const commit = push();
    const startedAt = performance.now();
    await client.hintGit({ body: { url: origin } });
    await active(commit);
    return performance.now() - startedAt;
  },
});
console.log(tableOf(timings, "git fetch of the push, alone"));
await service.stop();
rmSync(folder, { recursive: true, force: true });

function push(): string {
  edition += 1;
  writeWorkflow(edition % FILES, edition);
  git(checkout, "commit", "-qam", `Edition ${edition}`);
  git(checkout, "push", "-q", "origin", "main");
  return git(checkout, "rev-parse", "HEAD").trim();
}

async function active(commit: string): Promise<void> {
  for (;;) {
    const { deployments } = await client.listDeployments({ query: { limit: 1 } });
    if (deployments[0]?.commit === commit && deployments[0].status === "active") return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function writeWorkflow(file: number, edition: number): void {
  const steps = Array.from(
    { length: 8 },
    (_step, step) =>
      `  s${step}:\n    ${step === 0 ? "" : `needs: [s${step - 1}]\n    `}run: echo step ${step} of ${file}, edition ${edition}\n    retry: { errors: 2, delay: 10s }\n    timeout: 10m\n`,
  );
  writeFileSync(
    join(checkout, `w${file}.workflow.yaml`),
    `workflow: w${file}\ndescription: One of many\ntriggers:\n  - schedule: "${file % 60} ${file % 24} * * *"\n    timezone: Europe/Berlin\nparams:\n  date: { type: date, default: "\${{ run.scheduled_at.date() }}" }\nsteps:\n${steps.join("")}`,
  );
}
