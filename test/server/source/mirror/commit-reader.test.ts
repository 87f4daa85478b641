import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { systemClock } from "#server/clock.js";
import { createGit } from "#server/source/git/git.js";
import { ObjectReader } from "#server/source/git/object-reader.js";
import { CommitReader } from "#server/source/mirror/commit-reader.js";
import { createMirrorCaches } from "#server/source/mirror/mirror-caches.js";
import { scratchFolder, ScratchRepository } from "../scratch-repository.js";

describe("whether a commit comes from another one", () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let objects: ObjectReader;
  /** The oldest first. */
  const main: string[] = [];
  let elsewhere: string;
  let merge: string;

  before(async () => {
    scratch = await scratchFolder();
    const origin = await ScratchRepository.create(join(scratch.folder, "flows.git"));
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

  it("is found out by its last commits, and by both sides of a merge", async () => {
    const commits = new CommitReader(objects, createMirrorCaches());
    const [head = ""] = main.slice(-1);
    for (const base of main.slice(-6)) assert.equal(await commits.comesFrom(head, base), true);
    assert.equal(await commits.comesFrom(merge, head), true);
    assert.equal(await commits.comesFrom(merge, elsewhere), true);
  });

  it("is not said of what does not, or is further away than anybody looks", async () => {
    const commits = new CommitReader(objects, createMirrorCaches());
    const [first = ""] = main;
    const [head = ""] = main.slice(-1);
    assert.equal(await commits.comesFrom(head, elsewhere), false);
    assert.equal(await commits.comesFrom(first, head), false);
    assert.equal(await commits.comesFrom(head, first), false);
  });
});
