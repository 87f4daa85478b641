import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { ObjectReader } from "#server/source/git/object-reader.js";
import { signalGroup } from "#server/processes/process-group.js";
import type { StartedProcess } from "#server/processes/started-process.js";
import { createGit, type Git } from "#server/source/git/git.js";
import { ManualClock } from "../../manual-clock.js";
import { scratchFolder, ScratchRepository } from "../scratch-repository.js";

describe("an object reader", () => {
  let repository: ScratchRepository;
  let reader: ObjectReader;
  let opened: Promise<StartedProcess>[];
  let counted: Git;
  /** Bytes. */
  let sent: number;
  let remove: () => Promise<void>;
  const clock = new ManualClock(0);

  beforeEach(async () => {
    const scratch = await scratchFolder();
    remove = () => scratch.remove();
    const folder = join(scratch.folder, "empty");
    mkdirSync(folder);
    repository = await ScratchRepository.create(join(scratch.folder, "r.git"));
    const git = createGit({ folder, clock, environment: process.env, stop: new AbortController().signal });
    opened = [];
    sent = 0;
    counted = {
      ...git,
      open: (...args) => {
        const started = git.open(...args);
        opened.push(started);
        void started.then(
          ({ stdout }) => stdout.on("data", (chunk: Buffer) => (sent += chunk.length)),
          () => undefined,
        );
        return started;
      },
    };
    reader = new ObjectReader({
      gitFolder: repository.folder,
      clock,
      git: counted,
    });
  });
  afterEach(async () => {
    await reader.close();
    await remove();
  });

  it("asks for sizes first in a folder of what anybody may have pushed, and has nothing sent of what is too large", async () => {
    const objectFolder = join(repository.folder, "forks");
    mkdirSync(join(objectFolder, "info"), { recursive: true });
    writeFileSync(join(objectFolder, "info", "alternates"), "../objects\n");
    const { gitFolder, git } = { gitFolder: repository.folder, git: counted };
    const wary = new ObjectReader({ gitFolder, objectFolder, clock, git });
    try {
      const [small, large] = [await repository.blob("small"), await repository.blob(" ".repeat(20_000_000))];
      const read = await Promise.all([large, small, "0".repeat(40), large].map((id) => wary.read(id, 1000)));
      assert.deepEqual(
        read.map((content) => content?.toString().trim() ?? null),
        ["", "small", null, ""],
      );
      assert.equal(read[0]?.length, 1000);
      assert.deepEqual(await wary.find(large, 1000), {
        id: large,
        type: "blob",
        size: 20_000_000,
        content: Buffer.alloc(0),
      });
      assert.equal(opened.length, 1);
      assert.ok(sent < 10_000, `git sent ${sent} bytes`);
    } finally {
      await wary.close();
    }
  });

  it("answers any number of questions in one process, empty and binary and large blobs alike", async () => {
    const texts = [
      "",
      "\n",
      "a",
      "x\0y\nz",
      "ü".repeat(300_000),
      ...Array.from({ length: 200 }, (_, i) => `blob ${i}\n`),
    ];
    const ids = await Promise.all(texts.slice(0, 5).map((text) => repository.blob(text)));
    for (const text of texts.slice(5)) ids.push(text === "blob 0\n" ? await repository.blob(text) : ids[5]!);
    const blobs = await Promise.all(ids.map((id) => reader.read(id, Infinity)));
    assert.deepEqual(
      blobs.map((blob) => blob?.toString()),
      [...texts.slice(0, 5), ...Array<string>(200).fill("blob 0\n")],
    );
    assert.equal(opened.length, 1);
  });

  it("keeps only the beginning of a blob that is too long, and reads on behind it", async () => {
    const [long, short] = [
      await repository.blob("0123456789".repeat(100_000)),
      await repository.blob("next"),
    ];
    const [first, second] = await Promise.all([reader.read(long, 12), reader.read(short, 12)]);
    assert.deepEqual([first?.toString(), second?.toString()], ["012345678901", "next"]);
    const found = await reader.find(long, 3);
    assert.deepEqual([found?.size, found?.content.toString()], [1_000_000, "012"]);
  });

  it("answers null for a blob that is not there", async () => {
    assert.equal(await reader.read("0".repeat(40), 10), null);
  });

  it("finds what a ref names now, with its id and its type", async () => {
    const first = await repository.commit({ "a.sql": "1" });
    const found = await reader.find("refs/heads/main^{commit}", 1000);
    assert.deepEqual([found?.id, found?.type], [first, "commit"]);
    const second = await repository.commit({ "a.sql": "2" });
    assert.equal((await reader.find("refs/heads/main^{commit}", 1000))?.id, second);
    const [root, blob] = await Promise.all([
      reader.find(`${second}^{tree}`, 1000),
      reader.find("refs/heads/main:a.sql", 1000),
    ]);
    assert.deepEqual([root?.type, blob?.content.toString()], ["tree", "2"]);
    assert.equal(await reader.find("refs/heads/absent^{commit}", 1000), null);
    assert.equal(opened.length, 1);
  });

  it("sees objects that came after it began", async () => {
    assert.equal((await reader.read(await repository.blob("one"), 10))?.toString(), "one");
    assert.equal((await reader.read(await repository.blob("two"), 10))?.toString(), "two");
    assert.equal(opened.length, 1);
  });

  it("goes on in a new process when git is killed, also in the middle of an answer", async () => {
    const id = await repository.blob("x".repeat(5_000_000));
    await reader.read(id, 1);
    const reading = Promise.all([reader.read(id, Infinity), reader.read(id, 3)]);
    signalGroup((await opened[0]!).processId, "SIGKILL");
    const [whole, beginning] = await reading;
    assert.deepEqual([whole?.length, beginning?.toString()], [5_000_000, "xxx"]);
    assert.equal(opened.length, 2);
  });

  it("gives its process back when nobody asks, and begins a new one when somebody does", async () => {
    const id = await repository.blob("again");
    await reader.read(id, 10);
    clock.advance(60_000);
    await (
      await opened[0]!
    ).exited;
    assert.equal((await reader.read(id, 10))?.toString(), "again");
    assert.equal(opened.length, 2);
  });

  it("fails with git's own words when there is no repository", async () => {
    const git = createGit({
      folder: "/",
      clock,
      environment: process.env,
      stop: new AbortController().signal,
    });
    const lost = new ObjectReader({ git, gitFolder: "/nonexistent.git", clock });
    await assert.rejects(lost.read("0".repeat(40), 1), {
      code: "git-failed",
      message: /not a git repository/,
    });
  });
});
