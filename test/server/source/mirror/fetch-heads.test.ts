import assert from "node:assert/strict";
import { join } from "node:path";
import { it } from "mocha";
import { createGit } from "#server/source/git/git.js";
import { fetchHeads } from "#server/source/mirror/fetch-heads.js";
import { KEPT } from "#server/source/mirror/kept-commits.js";
import { ManualClock } from "../../manual-clock.js";
import { scratchFolder, ScratchRepository } from "../scratch-repository.js";
import { createSourceWorld } from "../source-world.js";

it("what is fetched first is one pack, however few objects it has, and what comes after it is not", async () => {
  const world = await createSourceWorld();
  const countObjects = (id: string): Promise<string> =>
    world.origin.git("--git-dir", join(world.dataFolder, "mirrors", `${id}.git`), "count-objects", "-v");
  try {
    await world.origin.commit({ "headwater.yaml": "project: growth\n" });
    const { id } = await world.source.addRepository({ url: world.origin.folder });
    assert.match(await countObjects(id), /^count: 0$[^]*^packs: 1$/m);
    await world.origin.commit({ "headwater.yaml": "project: sales\n" });
    await world.source.syncRepository(id);
    assert.match(await countObjects(id), /^count: 3$[^]*^packs: 1$/m);
  } finally {
    await world.end();
  }
});

it("each commit is kept by its own name, also where the branch has left it between asking and fetching", async () => {
  const scratch = await scratchFolder();
  try {
    const origin = await ScratchRepository.create(join(scratch.folder, "r.git"));
    const gitFolder = join(scratch.folder, "mirror.git");
    const git = createGit({
      folder: scratch.folder,
      clock: new ManualClock(0),
      environment: process.env,
      stop: new AbortController().signal,
    });
    await git.run(["init", "--bare", "--template=", "--", gitFolder]);
    const fetch = (seen: string) =>
      fetchHeads(
        { branches: ["main", "trunk"], seen: new Map([["main", seen]]) },
        {
          git,
          url: origin.folder,
          gitFolder,
          readCommit: async (name) => (await git.run(["rev-parse", name], { gitFolder })).trim(),
        },
      );
    const kept = async (): Promise<readonly string[]> =>
      (await git.run(["for-each-ref", "--format=%(refname) %(objectname)", KEPT], { gitFolder }))
        .trim()
        .split("\n");
    const refOf = (commit: string): string => `${KEPT}/${commit} ${commit}`;
    const left = await origin.commit({ "a.sql": "1" });
    const first = await origin.commit({ "a.sql": "2" }, { orphan: true });
    await origin.git("branch", "trunk");
    assert.deepEqual([...(await fetch(left)).values()], [first, first]);
    assert.deepEqual(await kept(), [refOf(first)], "a commit that never came is not kept");
    const second = await origin.commit({ "a.sql": "3" }, { orphan: true });
    await fetch(first);
    assert.deepEqual(await kept(), [refOf(first), refOf(second)].toSorted(), "one that was kept still is");
  } finally {
    await scratch.remove();
  }
});
