import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isRunning, openWorld, runRequest, sqlRequest, until } from "./attempts.js";
import { describeWorkers } from "./workers-conformance.js";

describeWorkers("LocalWorkers", openWorld);
describeWorkers("LocalWorkers with Node's own spawn", (options) => openWorld({ ...options, spawn: "node" }));

describe("LocalWorkers on this machine", () => {
  it("fails an attempt as the platform's when its launcher is killed, kills its processes, and goes on", async () => {
    const world = await openWorld();
    const attempt = world.attempt(runRequest(`echo $$ > ${world.folder}/child; sleep 1000`));
    const executing = world.workers.execute(attempt, new AbortController().signal, () => undefined);
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

  it("leaves nothing behind when the service is killed", async () => {
    const service = fork(fileURLToPath(new URL("./service-to-kill.js", import.meta.url)), {
      stdio: "inherit",
    });
    const processIds = new Set<number>();
    let tree = "";
    service.on("message", (message: { tree: string; processIds: number[] }) => {
      tree = message.tree;
      for (const processId of message.processIds) processIds.add(processId);
    });
    await until(() => processIds.size === 3 && numbersIn(join(tree, "pids")).length === 2);
    for (const processId of numbersIn(join(tree, "pids"))) processIds.add(processId);
    assert.ok([...processIds].every(isRunning));
    service.kill("SIGKILL");
    await once(service, "exit");
    await until(() => ![...processIds].some(isRunning));
    rmSync(dirname(tree), { recursive: true, force: true });
  });

  it("fails a query as the platform's when the process of its database is killed, and goes on", async () => {
    const world = await openWorld();
    const endless =
      "select count(*) from range(100000000) a, range(100000000) b where (a.range * b.range) % 7 = 3";
    const attempt = world.attempt(sqlRequest(endless));
    const result = await world.workers.execute(attempt, new AbortController().signal, () => {
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

function numbersIn(file: string): readonly number[] {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
