import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isRunning, openWorld, runRequest, sqlRequest, until } from "./attempts.js";
import { describeWorkers } from "./workers-conformance.js";

describeWorkers("LocalWorkers", openWorld);
describeWorkers("LocalWorkers with Node's own spawn", (options) => openWorld({ ...options, spawn: "node" }));

/** Those of the test, whose launchers end with them. */
const services: ChildProcess[] = [];

describe("LocalWorkers on this machine", () => {
  afterEach(() => {
    for (const service of services.splice(0)) service.kill("SIGKILL");
  });

  it("fails an attempt as the platform's when its launcher is killed, kills its processes, and goes on", async () => {
    const world = await openWorld();
    const attempt = world.attempt(runRequest(`echo $$ > ${world.folder}/child; sleep 1000`));
    const executing = world.workers.execute(attempt, new AbortController(), () => undefined);
    const child = (): number => numbersIn(join(world.folder, "child"))[0] ?? 0;
    await until(() => child() > 0);
    for (const processId of world.workers.launcherProcessIds) process.kill(processId, "SIGKILL");
    assert.deepEqual(await executing, {
      status: "failed",
      class: "platform",
      message: "Lost the process: its launcher died",
      retryable: true,
    });
    await until(() => !isRunning(child()));
    await until(() => world.workers.launcherProcessIds.length === 0);
    assert.equal((await world.execute(runRequest("true"))).status, "succeeded");
    await world.close();
  });

  it("says where and what to do when the disk takes no more", async () => {
    const world = await openWorld();
    const full = Object.assign(new RangeError("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    const attempt = { ...world.attempt(runRequest("true")), tree: () => Promise.reject(full) };
    const result = await world.workers.execute(attempt, new AbortController(), () => undefined);
    assert.ok(result.status === "failed");
    assert.equal(
      result.message,
      `Cannot execute the attempt: the disk that holds "${world.folder}" is full: free some space`,
    );
    await world.close();
  });

  it("leaves nothing behind when the service is killed", async () => {
    const { service, tree, guardians, children } = await startServiceToKill();
    service.kill("SIGKILL");
    await once(service, "exit");
    await until(() => ![...guardians, ...children].some(isRunning));
    rmSync(dirname(tree), { recursive: true, force: true });
  });

  it("ends at its start what was left by a service that was killed with its launchers, and nothing else", async () => {
    const [killed, other] = [await startServiceToKill(), await startServiceToKill()];
    // Stopped first, so that none of them can do anything about the end of another.
    for (const processId of killed.guardians) process.kill(processId, "SIGSTOP");
    killed.service.kill("SIGKILL");
    await once(killed.service, "exit");
    for (const processId of killed.guardians) process.kill(processId, "SIGKILL");
    await until(() => !killed.guardians.some(isRunning));
    assert.ok(killed.children.every(isRunning), "they are in sessions of their own");
    const next = await openWorld({ folder: dirname(killed.tree) });
    assert.deepEqual(killed.children.filter(isRunning), []);
    assert.ok([...other.guardians, ...other.children].every(isRunning));
    await next.close();
    other.service.kill("SIGKILL");
    await until(() => ![...other.guardians, ...other.children].some(isRunning));
    rmSync(dirname(other.tree), { recursive: true, force: true });
  });

  it("waits at its start for the launchers of a killed service, which are still ending their groups", async () => {
    const { service, tree, guardians, children } = await startServiceToKill("trap '' TERM");
    for (const processId of guardians) process.kill(processId, "SIGSTOP");
    service.kill("SIGKILL");
    await once(service, "exit");
    const opening = openWorld({ folder: dirname(tree) });
    for (const processId of guardians) process.kill(processId, "SIGCONT");
    assert.ok(children.every(isRunning));
    const next = await opening;
    assert.deepEqual([...guardians, ...children].filter(isRunning), []);
    await next.close();
  });

  it("fails a query as the platform's when the process of its database is killed, and goes on", async () => {
    const world = await openWorld();
    const endless =
      "select count(*) from range(100000000) a, range(100000000) b where (a.range * b.range) % 7 = 3";
    const attempt = world.attempt(sqlRequest(endless));
    const result = await world.workers.execute(attempt, new AbortController(), () => {
      for (const processId of world.workers.databaseProcessIds) process.kill(processId, "SIGKILL");
    });
    assert.deepEqual(result, {
      status: "failed",
      class: "platform",
      message:
        "Lost the query: the process of its database died of SIGKILL; it may have needed more memory than there is",
      retryable: true,
    });
    assert.equal((await world.execute(sqlRequest("select 1"))).status, "succeeded");
    await world.close();
  });
});

interface ServiceToKill {
  readonly service: ChildProcess;
  readonly tree: string;
  /** Its launchers, and the process of its database. */
  readonly guardians: readonly number[];
  /** The processes of its attempt. */
  readonly children: readonly number[];
}

/** Resolves when its attempts run. `prelude` is what the script of one begins with. */
async function startServiceToKill(prelude = ""): Promise<ServiceToKill> {
  const service = fork(fileURLToPath(new URL("./service-to-kill.js", import.meta.url)), [prelude], {
    stdio: "inherit",
  });
  services.push(service);
  const guardians = new Set<number>();
  let tree = "";
  service.on("message", (message: { tree: string; processIds: number[] }) => {
    tree = message.tree;
    for (const processId of message.processIds) guardians.add(processId);
  });
  const children = (): readonly number[] => numbersIn(join(tree, "pids"));
  await until(() => guardians.size === 3 && children().length === 2);
  assert.ok([...guardians, ...children()].every(isRunning));
  return { service, tree, guardians: [...guardians], children: children() };
}

function numbersIn(file: string): readonly number[] {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
