import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createClient } from "@headwater/api";
import { resolveConfig, startService } from "@headwater/server";
import { tableOf, timeInTurns } from "./median.js";

// From the hook to the active version, one changed file among so many as the arguments say. The floor is what nobody can do
// without: git alone, which fetches the push, names what it changed and reads that one blob.

const ROUNDS = 9;
const FILES_A_FOLDER = 20;
const FLOOR = "git fetch, diff-tree and one blob, alone";
const silent = { info: () => undefined, warn: () => undefined, error: console.error };

const counts = process.argv.slice(2).map(Number);
for (const count of counts.length === 0 ? [1000, 10_000] : counts) await measure(count);

async function measure(count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "headwater-push-"));
  const { origin, floor, push, head } = createRepositories(folder, count);
  const config = resolveConfig(
    { port: 0, dataFolder: join(folder, "data") },
    { ...process.env, HEADWATER_POLL_SECONDS: "3600" },
    folder,
  );
  const service = await startService({ config, log: silent });
  if (service === null) throw new RangeError("nobody interrupts it");
  const client = createClient({ baseUrl: service.url, fetch });
  const active = async (commit: string): Promise<void> => {
    for (;;) {
      const { deployments } = await client.listDeployments({ query: { limit: 1 } });
      if (deployments[0]?.commit === commit && deployments[0].status === "active") return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  const firstAt = performance.now();
  await client.addRepository({ body: { url: origin, name: "bench" } });
  await active(head());
  console.log(`first deployment of ${count} new files: ${(performance.now() - firstAt).toFixed(0)} ms\n`);

  const timings = await timeInTurns(ROUNDS, {
    [FLOOR]: async () => {
      const before = head();
      const commit = push();
      const startedAt = performance.now();
      git(floor, "fetch", "-q", "origin");
      const [, , , blob = ""] = git(floor, "diff-tree", "-r", before, commit).split(" ");
      git(floor, "cat-file", "blob", blob);
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
  console.log(`One changed file of ${count}:\n\n${tableOf(timings, FLOOR)}\n`);
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** What is pushed to, what git alone fetches into, and one more edition of a file after the other. */
function createRepositories(
  folder: string,
  count: number,
): {
  readonly origin: string;
  readonly floor: string;
  readonly push: () => string;
  readonly head: () => string;
} {
  const [checkout, origin, floor] = [
    join(folder, "checkout"),
    join(folder, "origin.git"),
    join(folder, "floor.git"),
  ];
  const pathOf = (file: number): string =>
    join(checkout, `folder-${Math.floor(file / FILES_A_FOLDER)}`, `w${file}.workflow.yaml`);
  const write = (file: number, edition: number): void => {
    mkdirSync(dirname(pathOf(file)), { recursive: true });
    writeFileSync(pathOf(file), workflowText(file, edition));
  };
  mkdirSync(checkout);
  writeFileSync(join(checkout, "headwater.yaml"), "project: bench\n");
  for (let file = 0; file < count; file += 1) write(file, 0);
  git(checkout, "init", "-q", "-b", "main");
  git(checkout, "add", ".");
  git(checkout, "commit", "-qm", "So many workflows");
  git(folder, "clone", "-q", "--bare", checkout, origin);
  git(folder, "clone", "-q", "--mirror", origin, floor);
  git(checkout, "remote", "add", "origin", origin);
  const head = (): string => git(checkout, "rev-parse", "HEAD").trim();
  let edition = 0;
  return {
    origin,
    floor,
    head,
    push() {
      edition += 1;
      write((edition * 37) % count, edition);
      git(checkout, "commit", "-qam", `Edition ${edition}`);
      git(checkout, "push", "-q", "origin", "main");
      return head();
    },
  };
}

function workflowText(file: number, edition: number): string {
  const steps = Array.from(
    { length: 8 },
    (_step, step) =>
      `  s${step}:\n    ${step === 0 ? "" : `needs: [s${step - 1}]\n    `}run: echo step ${step} of ${file}, edition ${edition}, day $DAY\n    env: { DAY: "\${{ params.date }}" }\n    retry: { errors: 2, delay: 10s }\n    timeout: 10m\n`,
  );
  return `workflow: w${file}\ndescription: One of many\ntriggers:\n  - schedule: "${file % 60} ${file % 24} * * *"\n    timezone: Europe/Berlin\nparams:\n  date: { type: date, default: "\${{ run.scheduled_at.date() }}" }\nsteps:\n${steps.join("")}`;
}

function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync("git", ["-c", "user.name=Bench", "-c", "user.email=bench@localhost", ...args], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}
