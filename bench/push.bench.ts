import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type Client } from "@headwater/api";
import { resolveConfig, startService } from "@headwater/server";
import { tableOf, timeInTurns } from "./median.js";
import { createScriptedRepository, runGit, type ScriptedRepository } from "./scripted-repository.js";

// The first deployment, 10 s for 10,000 files; then from the hook to the active version, one changed file among so many as the
// arguments say. The floor is what nobody can do without: git alone, which fetches the push, names what it changed and reads that one blob.

const ROUNDS = Number(process.env["ROUNDS"] ?? 9);
const FILES_A_FOLDER = 20;
const FLOOR = "git fetch, diff-tree and one blob, alone";
const silent = { info: () => undefined, warn: () => undefined, error: console.error };

const counts = process.argv.slice(2).map(Number);
for (const count of counts.length === 0 ? [1000, 10_000] : counts) await measure(count);

async function measure(count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "headwater-push-"));
  const { origin, floor, push } = createRepositories(folder, count);
  const config = resolveConfig(
    { port: 0, dataFolder: join(folder, "data") },
    { ...process.env, HEADWATER_POLL_SECONDS: "3600" },
    folder,
  );
  const service = await startService({ config, log: silent });
  if (service === null) throw new RangeError("nobody interrupts it");
  const client = createClient({ baseUrl: service.url, fetch });
  const ended = new AbortController();
  const active = await followActive(client, ended.signal);

  const [firstAt, cpu] = [performance.now(), process.cpuUsage()];
  await client.addRepository({ body: { url: origin.url, name: "bench" } });
  await active(origin.head());
  const { user, system } = process.cpuUsage(cpu);
  const took = `${(performance.now() - firstAt).toFixed(0)} ms, ${((user + system) / 1000).toFixed(0)} ms of CPU`;
  console.log(`first deployment of ${count} new files: ${took}, git not counted\n`);

  const timings = await timeInTurns(ROUNDS, {
    [FLOOR]: async () => {
      const before = origin.head();
      const commit = push();
      const startedAt = performance.now();
      runGit(floor, ["fetch", "-q", "origin"]);
      const [, , , blob = ""] = runGit(floor, ["diff-tree", "-r", before, commit]).split(" ");
      runGit(floor, ["cat-file", "blob", blob]);
      return performance.now() - startedAt;
    },
    "hook to active version": async () => {
      const commit = push();
      const startedAt = performance.now();
      await client.hintGit({ body: { url: origin.url } });
      await active(commit);
      return performance.now() - startedAt;
    },
  });
  console.log(`One changed file of ${count}:\n\n${tableOf(timings, FLOOR)}\n`);
  ended.abort();
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Answers what waits until a commit is active, as the service tells all who listen: to ask again and again would take time of
 * the thread on which it deploys.
 */
async function followActive(client: Client, signal: AbortSignal): Promise<(commit: string) => Promise<void>> {
  const events = client.followEvents(null, signal)[Symbol.asyncIterator]();
  // From then on nothing is missed.
  await events.next();
  return async (commit) => {
    for (;;) {
      const next = await events.next();
      if (next.done === true) throw new RangeError("the stream of changes has ended");
      const event = next.value;
      if (event.kind !== "change" || event.change.kind !== "deployment") continue;
      if (event.change.commit === commit && event.change.status === "active") return;
    }
  };
}

/** What is pushed to, what git alone fetches into, and one more edition of a file after the other. */
function createRepositories(
  folder: string,
  count: number,
): { readonly origin: ScriptedRepository; readonly floor: string; readonly push: () => string } {
  const pathOf = (file: number): string =>
    `folder-${Math.floor(file / FILES_A_FOLDER)}/w${file}.workflow.yaml`;
  const origin = createScriptedRepository(join(folder, "origin.git"));
  const files = Array.from({ length: count }, (_, file) => [pathOf(file), workflowText(file, 0)] as const);
  origin.commit({ "headwater.yaml": "project: bench\n", ...Object.fromEntries(files) });
  const floor = join(folder, "floor.git");
  runGit(folder, ["clone", "-q", "--mirror", origin.url, floor]);
  let edition = 0;
  return {
    origin,
    floor,
    push() {
      edition += 1;
      const file = (edition * 37) % count;
      return origin.commit({ [pathOf(file)]: workflowText(file, edition) });
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
