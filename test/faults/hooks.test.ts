import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { until } from "#test/until.js";
import { scratchFolder, ScratchRepository } from "../server/source/scratch-repository.js";
import { startServiceProcess, type ServiceProcess } from "./service-process.js";

const REPOSITORIES = 12;
const HOOKS = 500;
const STORMS = 3;
const AT_ONCE = 20;
/** Of a hook, as one of a push of some hundred files. */
const HOOK_BYTES = 60_000;

describe("hooks of a Git host, at the real service", function () {
  this.timeout(180_000);
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let host: GatedGit;
  let repositories: readonly ScratchRepository[];
  let service: ServiceProcess;
  const pushed: { readonly repository: ScratchRepository; readonly commit: string }[] = [];

  before(async () => {
    scratch = await scratchFolder();
    host = gatedGit(scratch.folder);
    repositories = await Promise.all(
      Array.from({ length: REPOSITORIES }, (_, index) =>
        ScratchRepository.create(join(scratch.folder, "hosts", `flows-${index}.git`)),
      ),
    );
    const listed = repositories.map(({ folder: url }, index) => ({ name: `flows-${index}`, url }));
    writeFileSync(join(scratch.folder, "repositories.json"), JSON.stringify({ repositories: listed }));
    await pushToAll("first");
    service = await start();
    await untilDeployed();
  });
  after(async () => {
    host.open();
    await service?.stop();
    await scratch.remove();
  });

  it("are answered in a storm while git hangs, cost a fetch or two for each repository, and leave nothing in memory", async () => {
    host.close();
    await pushToAll("storm");
    const fetches = host.fetches();
    const before = peakMegabytes(service.processId);
    for (let count = 0; count < STORMS; count += 1) {
      const [answers] = await Promise.all([
        storm(),
        service.client.getHealth(),
        service.client.listWorkflows(),
      ]);
      assert.deepEqual(answers, Array(HOOKS).fill('202 {"repositories":1}'));
    }
    assert.equal(host.fetches() - fetches <= REPOSITORIES, true, "a turn hangs, and none is beside it");
    host.open();
    await untilDeployed();
    // What is asked of a repository now comes after all that hooks have asked of it.
    await syncAll();
    const made = host.fetches() - fetches;
    assert.ok(made <= 4 * REPOSITORIES, `${made} fetches for the hooks of ${REPOSITORIES} repositories`);
    const after = peakMegabytes(service.processId);
    const sent = (STORMS * HOOKS * HOOK_BYTES) / 1024 / 1024;
    if (before !== null && after !== null)
      assert.ok(after - before < sent, `${after - before} MB more for ${sent} MB of hooks`);
  });

  it("that are all lost are made up for by polls, and deploy nothing again when they come late, twice", async () => {
    await pushToAll("lost");
    await untilDeployed();
    for (const _delivery of ["late", "again"])
      await Promise.all(pushed.map(({ repository }) => hook(service, repository)));
    await syncAll();
    assert.deepEqual(await deployed(), commits());
  });

  it("are made up for when the service is killed between its answer and the deployment: it is one", async () => {
    const [repository] = repositories;
    assert.ok(repository !== undefined);
    host.close();
    await push(repository, "killed");
    assert.equal(await hook(service, repository), '202 {"repositories":1}');
    await service.kill();
    host.open();
    service = await start();
    await untilDeployed();
    assert.equal(await hook(service, repository), '202 {"repositories":1}');
    await service.client.syncRepository({ params: { name: "flows-0" } });
    assert.deepEqual(await deployed(), commits());
  });

  function start(): Promise<ServiceProcess> {
    return startServiceProcess(join(scratch.folder, "data"), {
      PATH: host.path,
      HEADWATER_REPOSITORIES_FILE: join(scratch.folder, "repositories.json"),
      HEADWATER_POLL_SECONDS: "1",
    });
  }

  async function syncAll(): Promise<void> {
    const names = repositories.map((_, index) => `flows-${index}`);
    await Promise.all(names.map((name) => service.client.syncRepository({ params: { name } })));
  }

  async function pushToAll(what: string): Promise<void> {
    await Promise.all(repositories.map((repository) => push(repository, what)));
  }

  async function push(repository: ScratchRepository, what: string): Promise<void> {
    const project = `flows_${repositories.indexOf(repository)}`;
    const files = {
      "headwater.yaml": `project: ${project}\n`,
      "a.workflow.yaml": `workflow: a\nsteps: { ${what}: { noop: {} } }\n`,
    };
    pushed.push({ repository, commit: await repository.commit(files) });
  }

  const commits = (): readonly string[] => pushed.map(({ commit }) => commit).sort();
  const deployed = async (): Promise<readonly string[]> => {
    const { deployments } = await service.client.listDeployments({ query: { limit: 200 } });
    return deployments.map(({ commit }) => commit).sort();
  };
  const untilDeployed = (): Promise<unknown> =>
    until("the deployment of all that was pushed", async () => {
      const found = await deployed();
      return commits().every((commit) => found.includes(commit));
    });

  /** What each was answered. */
  async function storm(): Promise<readonly string[]> {
    const answers: string[] = [];
    for (let begin = 0; begin < HOOKS; begin += AT_ONCE) {
      const some = Array.from(
        { length: AT_ONCE },
        (_, index) => repositories[(begin + index) % REPOSITORIES],
      );
      answers.push(
        ...(await Promise.all(some.flatMap((one) => (one === undefined ? [] : [hook(service, one)])))),
      );
    }
    return answers;
  }
});

async function hook({ url }: ServiceProcess, { folder }: ScratchRepository): Promise<string> {
  const payload = {
    ref: "refs/heads/main",
    commits: [{ added: ["x".repeat(HOOK_BYTES)] }],
    repository: { clone_url: folder },
  };
  const answer = await fetch(`${url}/api/v1/hooks/git`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(payload),
  });
  return `${answer.status} ${await answer.text()}`;
}

/** The git of the service, which counts what it fetches, and hangs while the gate is closed. */
interface GatedGit {
  /** For the environment of the service. */
  readonly path: string;
  fetches(): number;
  close(): void;
  open(): void;
}

function gatedGit(folder: string): GatedGit {
  const [bin, gate, fetched] = [join(folder, "bin"), join(folder, "closed"), join(folder, "fetched")];
  const path = process.env["PATH"] ?? "";
  mkdirSync(bin);
  const script = `#!/bin/sh
case "$1" in
  fetch) echo "$$" >> '${fetched}' ;;
esac
case "$1" in
  fetch | ls-remote) [ ! -p '${gate}' ] || cat '${gate}' ;;
esac
PATH='${path}'
exec git "$@"
`;
  writeFileSync(join(bin, "git"), script, { mode: 0o755 });
  return {
    path: `${bin}:${path}`,
    fetches: () => (existsSync(fetched) ? readFileSync(fetched, "utf8").split("\n").length - 1 : 0),
    close: () => void execFileSync("mkfifo", [gate]),
    open() {
      if (!existsSync(gate)) return;
      // Whoever waits for something to read finds that there is nothing to come.
      const writer = openSync(gate, constants.O_RDWR | constants.O_NONBLOCK);
      rmSync(gate);
      closeSync(writer);
    },
  };
}

/** The most memory that it has had; null where there is no /proc. */
function peakMegabytes(processId: number): number | null {
  const file = `/proc/${processId}/status`;
  const [, kilobytes] = existsSync(file) ? (/^VmHWM:\s+(\d+)/m.exec(readFileSync(file, "utf8")) ?? []) : [];
  return kilobytes === undefined ? null : Number(kilobytes) / 1024;
}
