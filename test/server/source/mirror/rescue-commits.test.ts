import assert from "node:assert/strict";
import { chmod, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { newRun } from "../../store/store-rows.js";
import { startGitServer, type GitServer } from "../git-server.js";
import { createSourceWorld, type SourceWorld } from "../source-world.js";

const PROJECT = { "headwater.yaml": "project: growth\n" };

describe("a mirror of which one object is damaged", () => {
  let world: SourceWorld;
  let server: GitServer;
  let id: string;
  let commits: string[];
  beforeEach(async () => {
    world = await createSourceWorld();
    server = await startGitServer(join(world.folder, "hosts"));
    commits = [];
    for (const sql of ["1", "2", "3", "4"]) {
      commits.push(await world.origin.commit({ ...PROJECT, "q.sql": sql }, { orphan: sql === "4" }));
      if (sql === "1") ({ id } = await world.source.addRepository({ url: `${server.url}/flows.git` }));
      else await world.source.syncRepository(id);
    }
    await damage(await world.origin.blob("2"));
  });
  afterEach(async () => {
    await server.stop();
    await world.end();
  });

  it("keeps every other commit that the branch no longer has, also those after it", async () => {
    await forgetAtHost();
    const [first = "", damaged = "", third = "", head = ""] = commits;
    await world.store.createRuns([newRun("run_1", { repositoryId: id, commit: damaged })]);
    await assert.rejects(checkOut(damaged), { code: "not-found" });
    for (const commit of [first, third, head]) await checkOut(commit);
    assert.equal(await world.source.findCommit(id, third.slice(0, 8)), third);
    assert.ok(world.warnings.some((each) => each.includes(`"kept":4,"damaged":1,"lost":"${damaged}"`)));
  });

  it("is put aside while a run needs what only it had, over restarts, until the host has that again", async () => {
    const [, damaged = "", third = ""] = commits;
    await world.origin.git("branch", "all", third);
    await world.origin.git("clone", "--quiet", "--bare", ".", join(world.folder, "backup.git"));
    await world.origin.git("branch", "-D", "all");
    await forgetAtHost();
    await world.store.createRuns([newRun("run_1", { repositoryId: id, commit: damaged })]);
    await assert.rejects(checkOut(damaged), { code: "not-found" });
    const mirrors = join(world.dataFolder, "mirrors");
    await world.restart();
    const signal = new AbortController().signal;
    await world.source.tidy(signal);
    assert.deepEqual(await readdir(mirrors), [`${id}.git`, `${id}.git.aside-1`]);
    await world.origin.git("fetch", "--quiet", join(world.folder, "backup.git"), damaged);
    await world.source.tidy(signal);
    assert.deepEqual(await readdir(mirrors), [`${id}.git`], "the host has it again");
    await checkOut(damaged);
  });

  it("gets from the host what is damaged and needed, by its id", async () => {
    const [, damaged = ""] = commits;
    await world.store.createRuns([newRun("run_1", { repositoryId: id, commit: damaged })]);
    await checkOut(damaged);
    assert.deepEqual(await readdir(join(world.dataFolder, "mirrors")), [`${id}.git`]);
    const next = await world.origin.commit({ ...PROJECT, "q.sql": "5" });
    assert.equal((await world.source.syncRepository(id)).headCommit, next);
  });

  const checkOut = (commit: string) =>
    world.source.checkOut({ id: `run_${commit.slice(0, 5)}`, repositoryId: id, commit });

  async function damage(blob: string): Promise<void> {
    const mirror = join(world.dataFolder, "mirrors", `${id}.git`);
    const file = join(mirror, "objects", blob.slice(0, 2), blob.slice(2));
    await chmod(file, 0o644);
    await writeFile(file, "rubbish");
  }

  async function forgetAtHost(): Promise<void> {
    await world.origin.git("gc", "--quiet", "--prune=now");
  }
});
