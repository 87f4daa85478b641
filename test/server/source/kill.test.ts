import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, it } from "mocha";
import { scratchFolder, ScratchRepository } from "./scratch-repository.js";

const FILES = 3000;

describe("kill -9 of a process that follows a repository", () => {
  let folder: string;
  let dataFolder: string;
  let origin: ScratchRepository;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    const scratch = await scratchFolder();
    ({ folder } = scratch);
    remove = () => scratch.remove();
    dataFolder = join(folder, "data");
    origin = await ScratchRepository.create(join(folder, "origin.git"));
    const blob = await origin.blob("x".repeat(5000));
    const lines = Array.from({ length: FILES }, (_, file) => `100644 blob ${blob}\td${file % 20}/f${file}`);
    await origin.commitTree(await origin.treeOf(lines));
  });
  afterEach(() => remove());

  it("in the middle of a clone leaves nothing that the next one minds", async () => {
    const mirrors = join(dataFolder, "mirrors");
    await killWhen(async () => (await list(mirrors)).some((name) => !name.endsWith(".git")));
    assert.equal((await readdir(await checkOutUndisturbed(), { recursive: true })).length, FILES + 20);
    assert.equal((await readdir(mirrors)).length, 1);
  });

  it("in the middle of a checkout leaves no folder that is half full", async () => {
    const trees = join(dataFolder, "trees");
    await killWhen(async () => {
      const [copy = ""] = await list(trees);
      return (await list(join(trees, copy, "d7"))).length > 0;
    });
    const [left = ""] = await readdir(trees);
    assert.match(left, /^\.unfinished_/);
    const whole = await checkOutUndisturbed();
    assert.equal((await readdir(whole, { recursive: true })).length, FILES + 20);
    assert.deepEqual(await readdir(trees), [basename(whole)]);
  });

  async function killWhen(holds: () => Promise<boolean>): Promise<void> {
    const child = start();
    const ended = once(child, "exit");
    while (child.exitCode === null && !(await holds())) await nextTurn();
    child.kill("SIGKILL");
    assert.deepEqual(await ended, [null, "SIGKILL"], "the process ended before it could be killed");
  }

  async function checkOutUndisturbed(): Promise<string> {
    const child = start();
    let printed = "";
    child.stdout?.on("data", (chunk) => (printed += String(chunk)));
    assert.deepEqual(await once(child, "close"), [0, null]);
    const { folder: copy } = JSON.parse(printed) as { readonly folder: string };
    return copy;
  }

  function start(): ChildProcess {
    const script = join(import.meta.dirname, "check-out-process.js");
    return fork(script, [dataFolder, origin.folder], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  }
});

async function list(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
