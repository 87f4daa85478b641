import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, it } from "mocha";
import type { Client, Step } from "@headwater/api";
import { GIT_ENVIRONMENT } from "#test/git-environment.js";
import { until } from "#test/until.js";
import { startServiceProcess } from "./service-process.js";

const HOUR = 3_600_000;
/** Of the disk that gets full, in MiB: the service needs 2 or 3 of it. */
const DISK_MB = 16;

const FILES = {
  "headwater.yaml": "project: trouble\n",
  "work.workflow.yaml": `
workflow: work
run_strategy: { rule: parallel, limit: 10 }
params: { go: { type: string } }
steps:
  first: { run: 'until [ -e "$GO" ]; do sleep 0.1; done', env: { GO: "\${{ params.go }}" } }
  second: { needs: [first], run: sleep 0.7 }
  third: { needs: [second], noop: {} }
  rest: { sleep: 3s }
  again: { run: 'test "$HEADWATER_ATTEMPT" = 2', retry: { errors: 1, delay: 3s } }
`,
};

describe("the real service", function () {
  this.timeout(120_000);

  it("goes on as if nothing had happened while its clock is set ahead and back by an hour", async () => {
    const folder = mkdtempSync(join(tmpdir(), "headwater-clock-"));
    const offset = join(folder, "offset");
    writeFileSync(offset, "0");
    const service = await startServiceProcess(join(folder, "data"), {
      MOVED_CLOCK: offset,
      NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, "moved-clock.js")).href}`,
    });
    try {
      await follow(service.client, makeRepository(folder));
      const ids: string[] = [];
      for (const byMs of [HOUR, 0, -HOUR, 0]) {
        const go = join(folder, `go-${ids.length}`);
        const id = await start(service.client, go);
        ids.push(id);
        await until("its first step is going", async () =>
          (await stepsOf(service.client, id)).some(isFirstRunning),
        );
        // In one go: it must not be read while it is being written.
        writeFileSync(`${offset}.new`, String(byMs));
        renameSync(`${offset}.new`, offset);
        writeFileSync(go, "");
      }
      const { createdAt } = await service.client.getRun({ params: { id: ids[1] ?? "" } });
      assert.ok(createdAt - Date.now() > HOUR / 2, "the clock was ahead when the second run was created");
      for (const id of ids) {
        await until("its end", async () => (await statusOf(service.client, id)) === "succeeded", 60_000);
        for (const { path, attempt, queuedAt, startedAt, endedAt } of await stepsOf(service.client, id)) {
          assert.equal(attempt, path === "again" ? 2 : 1, `${id} ${path} was tried again`);
          const times = [queuedAt, startedAt, endedAt].map((at) =>
            at === null ? NaN : Number(new Date(at)),
          );
          assert.deepEqual(
            times,
            times.toSorted((one, other) => one - other),
            `${id} ${path} goes back in time`,
          );
        }
      }
    } finally {
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("waits for a full disk, says so, and goes on when there is room: nothing is lost, nothing done twice", async function () {
    const folder = mkdtempSync(join(tmpdir(), "headwater-disk-"));
    const disk = join(folder, "disk");
    mkdirSync(disk);
    const isMounted =
      spawnSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_MB}m`, "tmpfs", disk]).status === 0;
    if (!isMounted) {
      process.stderr.write("    (not run: only root may make a small disk of its own)\n");
      rmSync(folder, { recursive: true, force: true });
      return this.skip();
    }
    const service = await startServiceProcess(join(disk, "data"));
    try {
      await follow(service.client, makeRepository(folder));
      const go = join(folder, "go");
      const id = await start(service.client, go);
      await until("its first step is going", async () =>
        (await stepsOf(service.client, id)).some(isFirstRunning),
      );
      const filler = join(disk, "filler");
      spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=64k"]);
      writeFileSync(go, "");
      await until(
        "the service waits",
        async () => (await service.client.getHealth()).status === "waiting",
        60_000,
      );
      assert.match((await service.client.getHealth()).reason ?? "", /is full: free some space/);
      rmSync(filler);
      await until("its end", async () => (await statusOf(service.client, id)) === "succeeded", 60_000);
      assert.equal((await service.client.getHealth()).status, "ok");
      const steps = await stepsOf(service.client, id);
      assert.deepEqual(steps.map(({ path, status, attempt }) => `${path} ${status} ${attempt}`).sort(), [
        "again succeeded 2",
        "first succeeded 1",
        "rest succeeded 1",
        "second succeeded 1",
        "third succeeded 1",
      ]);
    } finally {
      await service.stop();
      spawnSync("umount", ["-l", disk]);
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

async function follow(client: Client, url: string): Promise<void> {
  await client.addRepository({ body: { url, name: "trouble" } });
  await until("the first deployment", async () => (await client.listWorkflows()).workflows.length === 1);
}

/** Its first step goes on until there is a file `go`. */
async function start(client: Client, go: string): Promise<string> {
  const name = { project: "trouble", workflow: "work" };
  const { id } = await client.startRun({ params: name, body: { params: { go } } });
  return id;
}

async function statusOf(client: Client, id: string): Promise<string> {
  return (await client.getRun({ params: { id } })).status;
}

async function stepsOf(client: Client, id: string): Promise<readonly Step[]> {
  return (await client.listSteps({ params: { id }, query: { limit: 100 } })).steps;
}

function makeRepository(folder: string): string {
  const checkout = join(folder, "repository");
  mkdirSync(checkout);
  const git = (...args: readonly string[]): void =>
    void execFileSync("git", ["-C", checkout, ...args], { env: GIT_ENVIRONMENT, stdio: "pipe" });
  git("init", "-q", "-b", "main");
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(checkout, name), text);
  git("add", ".");
  git("commit", "-qm", "Trouble");
  return checkout;
}

function isFirstRunning({ path, status }: Step): boolean {
  return path === "first" && status === "running";
}
