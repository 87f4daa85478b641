import assert from "node:assert/strict";
import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { appendFile, copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, it } from "mocha";
import { systemIds } from "#server/ids.js";
import { WorkingCopies } from "#server/source/working-copies.js";
import { GIT_ENVIRONMENT } from "#test/git-environment.js";
import { until } from "#test/until.js";
import { advance, newRun, SUCCEEDED } from "../store/store-rows.js";
import { createSourceWorld, type SourceWorld } from "./source-world.js";

const WORKFLOW = "workflow: first\nsteps: { one: { noop: {} } }\n";
const FILES = { "headwater.yaml": "project: growth\n", "a.workflow.yaml": WORKFLOW };
const MEBIBYTE = 1024 * 1024;
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe("the working copy of a run", () => {
  let world: SourceWorld;
  let trees: string;
  beforeEach(async () => {
    world = await createSourceWorld();
    trees = join(world.dataFolder, "trees");
  });
  afterEach(() => world.end());

  it("is made once for all its steps, writable, with the executable bit", async () => {
    const script = await world.origin.blob("#!/bin/sh\n");
    const lines = [`100755 blob ${script}\tbin/run.sh`, `100644 blob ${script}\tnew\nline.txt`];
    const run = await follow(await world.origin.commitTree(await world.origin.treeOf(lines)));
    const [one, two] = await Promise.all([world.source.checkOut(run), world.source.checkOut(run)]);
    assert.equal(one, join(trees, "run_1"));
    assert.equal(two, one);
    assert.equal((await stat(join(one, "bin/run.sh"))).mode & 0o700, 0o700);
    assert.equal((await stat(join(one, "new\nline.txt"))).mode & 0o700, 0o600);
    assert.equal(await world.source.checkOut(run), one);
  });

  it("is its own: what one run does to it no other run of the commit sees", async () => {
    const run = await follow(await world.origin.commit(FILES));
    const one = await world.source.checkOut(run);
    await appendFile(join(one, "a.workflow.yaml"), "# changed");
    await rm(join(one, "headwater.yaml"));
    await writeFile(join(one, "new"), "");
    const other = await world.source.checkOut({ ...run, id: "run_2" });
    assert.deepEqual((await readdir(other)).sort(), ["a.workflow.yaml", "headwater.yaml"]);
    assert.equal(await readFile(join(other, "a.workflow.yaml"), "utf8"), WORKFLOW);
  });

  it("is deleted when the run has ended, and those of other runs are not", async () => {
    const run = await follow(await world.origin.commit(FILES));
    await world.source.checkOut(run);
    await world.source.checkOut({ ...run, id: "run_2" });
    world.source.endRun(run);
    world.source.endRun({ ...run, id: "run_without_one" });
    await until("the copy is deleted", async () => (await readdir(trees)).join() === "run_2");
  });

  it("has nothing that leads out of the folder: links, submodules, .., .git", async () => {
    const { origin } = world;
    const target = await origin.blob("/etc/passwd");
    const escape = await origin.mktree([`100644 blob ${target}\tescaped`]);
    const tree = await origin.mktree([
      `040000 tree ${escape}\t..`,
      `040000 tree ${escape}\t.GIT`,
      `120000 blob ${target}\tpasswd`,
      `160000 commit ${"1".repeat(40)}\tmodule`,
      `100644 blob ${target}\tplain`,
    ]);
    const run = await follow(await origin.commitTree(tree));
    const folder = await world.source.checkOut(run);
    await world.source.checkOut({ ...run, id: "run_2" });
    assert.deepEqual(await readdir(folder), ["plain"]);
    assert.deepEqual((await readdir(trees)).sort(), ["run_1", "run_2"]);
    const { paths, leftOut } = await world.source.readTree(run.repositoryId, run.commit);
    assert.deepEqual([paths, leftOut?.size], [["plain"], 4]);
  });

  it("is made also of a tree with names of 4,000 bytes, of raw bytes, and that differ by case only", async () => {
    const { origin } = world;
    const plain = await origin.blob("plain");
    const raw = Buffer.concat([
      Buffer.from(`100644 blob ${plain}\tA\0`),
      Buffer.from(`100644 blob ${plain}\ta\0`),
      Buffer.from(`100644 blob ${plain}\t${"n".repeat(4000)}\0`),
      Buffer.from(`100644 blob ${plain}\t`),
      Buffer.from([0xff, 0xfe, 0x0a, 0]),
    ]);
    const run = await follow(await origin.commitTree(await origin.feed(["mktree", "-z"], raw)));
    assert.deepEqual(await readdir(await world.source.checkOut(run)), ["A", "a"]);
    const { paths, leftOut } = await world.source.readTree(run.repositoryId, run.commit);
    assert.deepEqual([paths, leftOut?.size], [["A", "a"], 2]);
  });

  it("is refused for a commit that was never fetched, and for text that is no commit", async () => {
    const run = await follow(await world.origin.commit(FILES));
    await assert.rejects(world.source.checkOut({ ...run, commit: "0".repeat(40) }), { code: "not-found" });
    await assert.rejects(world.source.checkOut({ ...run, commit: "--all" }), { code: "bad-request" });
    assert.deepEqual(world.warnings, []);
    assert.deepEqual(await readdir(trees), []);
  });

  it("is never made of bytes that are not the commit's: a damaged mirror is made anew", async () => {
    const run = await follow(await world.origin.commit({ ...FILES, "data.csv": "a,b\n" }));
    const mirror = join(world.dataFolder, "mirrors", `${run.repositoryId}.git`);
    await unpack(mirror);
    const [right, wrong] = [await world.origin.blob("a,b\n"), await world.origin.blob("no,no\n")];
    await rm(join(mirror, objectPath(right)));
    await copyFile(join(world.origin.folder, objectPath(wrong)), join(mirror, objectPath(right)));
    const folder = await world.source.checkOut(run);
    assert.equal(await readFile(join(folder, "data.csv"), "utf8"), "a,b\n");
    assert.match(world.warnings.join("\n"), /Makes a damaged mirror anew.*is damaged/);
  });

  it("holds a large file that is written piece by piece, never put together in memory", async () => {
    const large = Buffer.alloc(160 * MEBIBYTE, "every line is like the other\n");
    const blob = await world.origin.blob(large);
    await world.origin.commitTree(await world.origin.treeOf([`100644 blob ${blob}\tlarge.bin`]));
    const { folder, grownBytes } = await checkOutInProcess({ heapMb: 32 });
    assert.ok((await readFile(join(folder, "large.bin"))).equals(large));
    // Pieces that were read wait for the garbage collector, up to all of them; putting them together would take as much again.
    assert.ok(grownBytes < 240 * MEBIBYTE, `the process grew by ${Math.round(grownBytes / MEBIBYTE)} MB`);
  });

  describe("after a restart", () => {
    it("is kept as it is for a run that goes on, and deleted for one that has ended", async () => {
      const run = await follow(await world.origin.commit(FILES));
      await world.store.createRuns(["run_1", "run_2"].map((id) => newRun(id, { ...run, id })));
      for (const id of ["run_1", "run_2"]) await world.source.checkOut({ ...run, id });
      await writeFile(join(trees, "run_1", "of an earlier step"), "");
      await end("run_2");
      await mkdir(join(trees, ".unfinished_1", "half"), { recursive: true });
      await world.restart();
      await until("what nobody needs is deleted", async () => (await readdir(trees)).join() === "run_1");
      assert.equal((await readdir(await world.source.checkOut(run))).length, 3);
    });
  });

  it("waits for few of another repository, however many of that are asked for, and for its own in their order", async () => {
    const folder = join(world.folder, "copies");
    const copies = new WorkingCopies({
      folder,
      bootId: null,
      clock: world.clock,
      ids: systemIds,
      log: SILENT,
    });
    await copies.start(new Set());
    const begun: string[] = [];
    const held: (() => void)[] = [];
    const [huge, tiny] = [{}, {}];
    const obtain = (id: string, mirror: object): Promise<string> =>
      copies.obtain(id, mirror, async (unfinished) => {
        begun.push(id);
        if (mirror === huge) await new Promise<void>((resolve) => held.push(resolve));
        await mkdir(unfinished);
      });
    const large = Array.from({ length: 10 }, (_, index) => obtain(`large_${index}`, huge));
    const small = ["small_1", "small_2"].map((id) => obtain(id, tiny));
    await Promise.all(small);
    assert.deepEqual(begun.toSorted(), ["large_0", "large_1", "large_2", "small_1", "small_2"]);
    while (begun.length < 12) {
      held.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const release of held) release();
    await Promise.all(large);
    const own = begun.filter((id) => id.startsWith("large"));
    assert.deepEqual(own, own.toSorted());
  });

  describe("when the machine has started anew since it was written", () => {
    it("is written again, for what was not yet on the disk is lost", async () => {
      const folder = join(world.folder, "copies");
      let written = 0;
      const life = async (bootId: string | null): Promise<string> => {
        const copies = new WorkingCopies({ folder, bootId, clock: world.clock, ids: systemIds, log: SILENT });
        await copies.start(new Set(["run_1"]));
        const copy = await copies.obtain("run_1", {}, async (unfinished) => {
          written += 1;
          await mkdir(unfinished);
          await writeFile(join(unfinished, "edition"), String(written));
        });
        await copies.stop();
        assert.deepEqual(await readdir(folder), ["run_1"]);
        return readFile(join(copy, "edition"), "utf8");
      };
      const editions: string[] = [];
      for (const bootId of ["monday", "monday", "tuesday", "tuesday", null])
        editions.push(await life(bootId));
      assert.deepEqual(editions, ["1", "1", "2", "2", "2"]);
    });
  });

  describe("when its repository is removed", () => {
    it("stays until the run has ended, and can still be made, also after a restart", async () => {
      const run = await follow(await world.origin.commit(FILES));
      await world.store.createRuns(["run_1", "run_2", "run_3"].map((id) => newRun(id, { ...run, id })));
      const one = await world.source.checkOut(run);
      await world.source.removeRepository("flows");
      assert.equal((await readdir(one)).length, 2);
      assert.equal((await readdir(await world.source.checkOut({ ...run, id: "run_2" }))).length, 2);
      await world.restart();
      assert.equal((await readdir(await world.source.checkOut({ ...run, id: "run_3" }))).length, 2);
      for (const id of ["run_1", "run_2"]) {
        await end(id);
        world.source.endRun({ ...run, id });
      }
      await until("two copies are deleted", async () => (await readdir(trees)).join() === "run_3");
      assert.deepEqual(await mirrors(), [`${run.repositoryId}.git`]);
      await end("run_3");
      world.source.endRun({ ...run, id: "run_3" });
      await until(
        "nothing is left",
        async () => (await readdir(trees)).length + (await mirrors()).length === 0,
      );
      await assert.rejects(world.source.checkOut(run), { code: "repository-not-found" });
    });

    it("is no reason to keep the mirror when nothing goes on, however the service ended", async () => {
      const run = await follow(await world.origin.commit(FILES));
      await world.store.createRuns([newRun("run_1", run)]);
      await world.source.removeRepository("flows");
      await end("run_1"); // And the service is killed before the source hears of it.
      await world.restart();
      assert.deepEqual(await mirrors(), []);
    });
  });

  async function follow(commit: string): Promise<{
    readonly id: string;
    readonly repositoryId: string;
    readonly commit: string;
  }> {
    const { id: repositoryId } = await world.source.addRepository({ url: world.origin.folder });
    return { id: "run_1", repositoryId, commit };
  }

  function end(runId: string): Promise<void> {
    return world.store.advanceRun(advance(runId, 1, { run: SUCCEEDED }));
  }

  function mirrors(): Promise<readonly string[]> {
    return readdir(join(world.dataFolder, "mirrors"));
  }

  async function checkOutInProcess({ heapMb }: { readonly heapMb: number }): Promise<{
    readonly folder: string;
    readonly grownBytes: number;
  }> {
    const script = join(import.meta.dirname, "check-out-process.js");
    const child = fork(script, [join(world.folder, "other-data"), world.origin.folder], {
      execArgv: [`--max-old-space-size=${heapMb}`],
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    const [printed] = await Promise.all([text(child.stdout ?? Readable.from([])), once(child, "close")]);
    return JSON.parse(printed) as { readonly folder: string; readonly grownBytes: number };
  }
});

/** Of an object that is not packed. */
function objectPath(id: string): string {
  return join("objects", id.slice(0, 2), id.slice(2));
}

/** Makes a file of each object: a first fetch leaves one pack of all. */
async function unpack(gitFolder: string): Promise<void> {
  const folder = join(gitFolder, "objects", "pack");
  const packs = (await readdir(folder)).filter((name) => name.endsWith(".pack"));
  const contents = await Promise.all(packs.map((name) => readFile(join(folder, name))));
  await rm(folder, { recursive: true });
  for (const input of contents)
    execFileSync("git", ["--git-dir", gitFolder, "unpack-objects", "-q"], { input, env: GIT_ENVIRONMENT });
}
