import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postsTo, quantile, type Post } from "./posts.js";
import { createScriptedRepository } from "./scripted-repository.js";
import { cpuSeconds, end, memoryMb, pause, serve, type Served } from "./served.js";

// Something is pushed to each of so many repositories, then so many hooks a second tell of it for some seconds, signed and as long as
// GitHub's, to a service in a process of its own: each is sent at its time, whether the one before was answered or not. How long an
// answer takes, and how long until all that was pushed is deployed. Budget: 1,000 a second, 100 ms to the answer. Linux only.

const REPOSITORIES = Number(process.env["REPOSITORIES"] ?? 1000);
const HOOKS_A_SECOND = Number(process.env["HOOKS"] ?? 1000);
const SECONDS = Number(process.env["SECONDS"] ?? 5);
const CONNECTIONS = 256;
/** Of a push of a few commits: https://docs.github.com/webhooks/webhook-events-and-payloads#push */
const PAYLOAD_BYTES = 8000;
const SECRET = "secret-of-the-bench";

const folder = mkdtempSync(join(tmpdir(), "headwater-hooks-"));
const repositories = Array.from({ length: REPOSITORIES }, (_, index) => {
  const repository = createScriptedRepository(join(folder, `origin-${index}.git`));
  repository.commit({ "headwater.yaml": `project: p${index}\n`, ...workflowSaying("first") });
  return repository;
});
const declared = join(folder, "repositories.json");
writeFileSync(
  declared,
  JSON.stringify({ repositories: repositories.map(({ url }, index) => ({ name: `r${index}`, url })) }),
);
const served = await serve(join(folder, "data"), {
  HEADWATER_REPOSITORIES_FILE: declared,
  HEADWATER_HOOK_SECRET: SECRET,
});
await untilAllAre(heads());

console.log("| figure | measured |\n| --- | --- |");
for (const repository of repositories) repository.commit(workflowSaying("second"));
const pushed = heads();
const hooks = repositories.map(({ url }) => hookOf(url));
const cpu = cpuSeconds(served.child);
const startedAt = performance.now();
const { times, refused, tookS } = await storm();
row(
  `${times.length} hooks in ${tookS.toFixed(1)} s: p50, p99, longest answer`,
  `${[0.5, 0.99, 1].map((part) => quantile(times, part).toFixed(0)).join(", ")} ms, ${refused} refused`,
);
await untilAllAre(pushed);
row(`all ${REPOSITORIES} pushes deployed after`, `${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
row("CPU of the service, git included", `${(cpuSeconds(served.child) - cpu).toFixed(1)} s`);
row("memory", `${memoryMb(served.child, "VmRSS")} MB, ${memoryMb(served.child, "VmHWM")} MB at most`);
await end(served);
rmSync(folder, { recursive: true, force: true });

interface Storm {
  readonly times: readonly number[];
  readonly refused: number;
  readonly tookS: number;
}

/** Times count from when a hook was due: what waits for a connection waits. */
async function storm(): Promise<Storm> {
  const post = postsTo(served.url, CONNECTIONS);
  const times: number[] = [];
  let refused = 0;
  const number = HOOKS_A_SECOND * SECONDS;
  const first = performance.now();
  const asked: Promise<void>[] = [];
  const ask = async (hook: Post, dueAt: number): Promise<void> => {
    const { status } = await post(hook);
    times.push(performance.now() - dueAt);
    if (status !== 202) refused += 1;
  };
  for (let sent = 0; sent < number;) {
    const due = Math.min(number, Math.floor(((performance.now() - first) / 1000) * HOOKS_A_SECOND));
    for (; sent < due; sent += 1) {
      const hook = hooks[sent % hooks.length];
      if (hook !== undefined) asked.push(ask(hook, first + (sent / HOOKS_A_SECOND) * 1000));
    }
    await pause(1);
  }
  await Promise.all(asked);
  return { times, refused, tookS: (performance.now() - first) / 1000 };
}

function hookOf(url: string): Post {
  const body = JSON.stringify({
    ref: "refs/heads/main",
    repository: { id: 1, full_name: "acme/flows", clone_url: url },
    commits: [{ added: [], modified: ["flows/load.workflow.yaml"], message: "x".repeat(PAYLOAD_BYTES) }],
  });
  const signature = `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;
  const headers = { "x-github-event": "push", "x-hub-signature-256": signature };
  return { path: "/api/v1/hooks/git", body, headers };
}

function workflowSaying(what: string): Readonly<Record<string, string>> {
  return { "flows/load.workflow.yaml": `workflow: load\nsteps:\n  say: { run: echo ${what} }\n` };
}

function heads(): readonly string[] {
  return repositories.map((repository) => repository.head());
}

async function untilAllAre(commits: readonly string[]): Promise<void> {
  while (!(await are(served, commits))) await pause(200);
}

async function are({ client }: Served, commits: readonly string[]): Promise<boolean> {
  const { repositories: known } = await client.listRepositories({});
  const byName = new Map(known.map(({ name, headCommit }) => [name, headCommit]));
  return commits.every((commit, index) => byName.get(`r${index}`) === commit);
}

function row(figure: string, measured: string): void {
  console.log(`| ${figure} | ${measured} |`);
}
