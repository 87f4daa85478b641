import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { createGit } from "#server/source/git/git.js";
import { readRewritten } from "#server/source/mirror/rewritten-history.js";
import { ManualClock } from "../../manual-clock.js";
import { scratchFolder, ScratchRepository } from "../scratch-repository.js";

describe("readRewritten()", () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let repository: ScratchRepository;
  /** Of one branch, the oldest first. */
  let commits: string[];

  beforeEach(async () => {
    scratch = await scratchFolder();
    repository = await ScratchRepository.create(join(scratch.folder, "r.git"));
    commits = [];
    for (const text of ["1", "2", "3", "4"]) commits.push(await repository.commit({ "a.sql": text }));
  });
  afterEach(() => scratch.remove());

  const read = (before: string, head: string) => {
    const { signal: stop } = new AbortController();
    const git = createGit({
      folder: scratch.folder,
      environment: process.env,
      clock: new ManualClock(0),
      stop,
    });
    return readRewritten({ before, head }, { git, gitFolder: repository.folder });
  };

  it("is null when the branch has gone on, by however many commits", async () => {
    const [first = "", second = "", , last = ""] = commits;
    assert.equal(await read(first, second), null);
    assert.equal(await read(first, last), null);
  });

  it("counts the commits that the branch does not have any more", async () => {
    const [first = "", , , last = ""] = commits;
    assert.deepEqual(await read(last, first), { from: last, commits: 3, isUnrelated: false });
    await repository.git("update-ref", "refs/heads/main", first);
    const head = await repository.commit({ "a.sql": "another" });
    assert.deepEqual(await read(last, head), { from: last, commits: 3, isUnrelated: false });
  });

  it("tells of another history, which has nothing in common", async () => {
    const last = commits.at(-1) ?? "";
    const head = await repository.commit({ "a.sql": "another" }, { orphan: true });
    assert.deepEqual(await read(last, head), { from: last, commits: 4, isUnrelated: true });
  });

  it("counts nothing where the mirror has commits without what was before them", async () => {
    const last = commits.at(-1) ?? "";
    const head = await repository.commit({ "a.sql": "another" }, { orphan: true });
    await writeFile(join(repository.folder, "shallow"), `${last}\n`);
    assert.deepEqual(await read(last, head), { from: last, commits: null, isUnrelated: false });
  });

  it("is null for what git cannot read", async () => {
    assert.equal(await read("0".repeat(40), commits[0] ?? ""), null);
  });
});
