import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type Client } from "@headwater/api";
import { resolveConfig, startService } from "@headwater/server";
import { tableOf, timeInTurns } from "./median.js";
import { createScriptedRepository, runGit, type ScriptedRepository } from "./scripted-repository.js";

// The first deployment, 10 s for 10,000 files; then from the hook to the active version, one changed file among so many as the
// arguments say. The floor is what nobody can do without: git alone, which fetches the push, names what it changed and reads that one blob.
// Then what was compiled before: a push after a restart, and all of the files in a second environment, in the same life of the service and in the
// next one; 1.5 s for 10,000 files.

const ROUNDS = Number(process.env["ROUNDS"] ?? 9);
const RESTARTS = 3;
const FILES_A_FOLDER = 20;
const FLOOR = "git fetch, diff-tree and one blob, alone";
const silent = { info: () => undefined, warn: () => undefined, error: console.error };

const counts = process.argv.slice(2).map(Number);
for (const count of counts.length === 0 ? [1000, 10_000] : counts) await measure(count);

async function measure(count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "headwater-push-"));
  const repositories = createRepositories(folder, count);
  await measurePushes(folder, repositories, count);
  await measureRestarts(folder, repositories, count);
  await measureEnvironments(folder, repositories, count);
  rmSync(folder, { recursive: true, force: true });
}

async function measurePushes(folder: string, repositories: Repositories, count: number): Promise<void> {
  const { origin, floor } = repositories;
  const life = await begin(folder);

  const first = await timed(async () => {
    await life.client.addRepository({ body: { url: origin.url, name: "bench" } });
    await life.active(origin.head());
  });
  console.log(`first deployment of ${count} new files: ${first}, git not counted\n`);

  const timings = await timeInTurns(ROUNDS, {
    [FLOOR]: async () => {
      const before = origin.head();
      const commit = repositories.push();
      const startedAt = performance.now();
      runGit(floor, ["fetch", "-q", "origin"]);
      const [, , , blob = ""] = runGit(floor, ["diff-tree", "-r", before, commit]).split(" ");
      runGit(floor, ["cat-file", "blob", blob]);
      return performance.now() - startedAt;
    },
    "hook to active version": async () => {
      const commit = repositories.push();
      const startedAt = performance.now();
      await life.hint(origin.url);
      await life.active(commit);
      return performance.now() - startedAt;
    },
  });
  console.log(`One changed file of ${count}:\n\n${tableOf(timings, FLOOR)}\n`);
  await life.end();
}

async function measureRestarts(folder: string, { origin, push }: Repositories, count: number): Promise<void> {
  for (let round = 0; round < RESTARTS; round += 1) {
    const life = await begin(folder);
    const commit = push();
    const took = await timed(async () => {
      await life.hint(origin.url);
      await life.active(commit);
    });
    console.log(`restart, then hook to active version of one changed file of ${count}: ${took}`);
    await life.end();
  }
}

/** The first in the life of the service that has compiled the files, the second in the next one. */
async function measureEnvironments(folder: string, repositories: Repositories, count: number): Promise<void> {
  const { origin } = repositories;
  let life = await begin(folder);
  const declared = repositories.declare(["staging", "rehearsal"]);
  await life.hint(origin.url);
  await life.active(declared);
  for (const environment of ["staging", "rehearsal"]) {
    repositories.branch(environment);
    const took = await timed(async () => {
      await life.hint(origin.url);
      await life.active(declared);
    });
    console.log(`the same ${count} files in ${environment}, an environment more: ${took}`);
    await life.end();
    life = await begin(folder);
  }
  await life.end();
}

interface Life {
  readonly client: Client;
  /** Tells that something was pushed. */
  readonly hint: (url: string) => Promise<unknown>;
  /** Waits until a commit is active. */
  readonly active: (commit: string) => Promise<void>;
  readonly end: () => Promise<void>;
}

/** A life of the service. */
async function begin(folder: string): Promise<Life> {
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
  return {
    client,
    hint: (url) => client.hintGit({ body: { url } }),
    active,
    async end() {
      ended.abort();
      await service.stop();
    },
  };
}

/** Wall and CPU time, git not counted in the latter. */
async function timed(action: () => Promise<void>): Promise<string> {
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  await action();
  const { user, system } = process.cpuUsage(cpu);
  return `${(performance.now() - startedAt).toFixed(0)} ms, ${((user + system) / 1000).toFixed(0)} ms of CPU`;
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

interface Repositories {
  /** What is pushed to. */
  readonly origin: ScriptedRepository;
  /** What git alone fetches into. */
  readonly floor: string;
  /** Commits one more edition of a file. */
  readonly push: () => string;
  /** Commits environments of branches by these names, beside that of the main branch. */
  readonly declare: (environments: readonly string[]) => string;
  /** Makes a branch of the head. */
  readonly branch: (name: string) => void;
}

function createRepositories(folder: string, count: number): Repositories {
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
    declare(environments) {
      const branches = [["production", "main"], ...environments.map((name) => [name, name])];
      const lines = branches.map(([name, branch]) => `  ${name}: { branch: ${branch} }\n`);
      return origin.commit({ "headwater.yaml": `project: bench\nenvironments:\n${lines.join("")}` });
    },
    branch: (name) => void runGit(origin.url, ["branch", name, "main"]),
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
