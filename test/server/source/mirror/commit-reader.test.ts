import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { systemClock } from "#server/clock.js";
import { createGit } from "#server/source/git/git.js";
import { ObjectReader } from "#server/source/git/object-reader.js";
import { CommitReader } from "#server/source/mirror/commit-reader.js";
import { createMirrorCaches } from "#server/source/mirror/mirror-caches.js";
import { scratchFolder, ScratchRepository } from "../scratch-repository.js";

describe("what is read of a commit", () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let origin: ScratchRepository;
  let objects: ObjectReader;
  /** The oldest first. */
  const main: string[] = [];
  let elsewhere: string;
  let merge: string;

  before(async () => {
    scratch = await scratchFolder();
    origin = await ScratchRepository.create(join(scratch.folder, "flows.git"));
    for (let number = 0; number < 9; number += 1) main.push(await origin.commit({ "a.sql": `${number}` }));
    elsewhere = await origin.commit({ "b.sql": "" }, { branch: "elsewhere", orphan: true });
    const tree = `${main.at(-1)}^{tree}`;
    merge = (
      await origin.git("commit-tree", tree, "-p", elsewhere, "-p", main.at(-1) ?? "", "-m", "Merge")
    ).trim();
    const { folder } = scratch;
    const git = createGit({
      folder,
      environment: process.env,
      clock: systemClock,
      stop: new AbortController().signal,
    });
    objects = new ObjectReader({ git, gitFolder: origin.folder, clock: systemClock });
  });
  after(async () => {
    await objects.close();
    await scratch.remove();
  });

  it("tells whether it comes from another one, by its last commits, and by both sides of a merge", async () => {
    const commits = new CommitReader(objects, createMirrorCaches());
    const [head = ""] = main.slice(-1);
    for (const base of main.slice(-6)) assert.equal(await commits.comesFrom(head, base), true);
    assert.equal(await commits.comesFrom(merge, head), true);
    assert.equal(await commits.comesFrom(merge, elsewhere), true);
  });

  it("does not say so of what does not, or is further away than anybody looks", async () => {
    const commits = new CommitReader(objects, createMirrorCaches());
    const [first = ""] = main;
    const [head = ""] = main.slice(-1);
    assert.equal(await commits.comesFrom(head, elsewhere), false);
    assert.equal(await commits.comesFrom(first, head), false);
    assert.equal(await commits.comesFrom(head, first), false);
  });

  it("is nothing of a commit or a folder that was forged to fill the memory", async () => {
    const commits = new CommitReader(objects, createMirrorCaches());
    const [head = ""] = main.slice(-1);
    const raw = await origin.git("cat-file", "commit", head);
    const long = await forged("commit", `${raw}\n\n${"x".repeat(5_000_000)}`);
    const refused = { code: "bad-request", message: /: a commit of it takes more than 4 MiB by itself$/ };
    await assert.rejects(commits.read(long), refused);
    await assert.rejects(commits.comesFrom(long, elsewhere), refused);
    assert.equal(await commits.has([long]), true);
    const entry = Buffer.concat([Buffer.from("100644 a.sql\0"), Buffer.alloc(20, 1)]);
    const wide = await forged("tree", Buffer.alloc(17 * 1024 * 1024 - 1, entry));
    const widest = (await origin.git("commit-tree", wide, "-m", "Wide")).trim();
    await assert.rejects(commits.readTree(widest), {
      code: "bad-request",
      message: /: a folder of it takes more than 16 MiB by itself$/,
    });
    // What is honest is read on.
    assert.deepEqual((await commits.readTree(head)).paths, ["a.sql"]);
  });

  function forged(type: string, content: string | Buffer): Promise<string> {
    return origin.feed(["hash-object", "-t", type, "-w", "--stdin", "--literally"], content);
  }
});
