import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { RepositoryRow } from "#server/store/store.js";
import { startGitServer, type GitServer } from "./git-server.js";
import { ScratchRepository } from "./scratch-repository.js";
import { createSourceWorld, type SourceWorld } from "./source-world.js";

const FILES = { "headwater.yaml": "project: growth\n" };
/** So long the answer to adding a repository waits. */
const ANSWER_MS = 10_000;

describe("a repository that is added", () => {
  let world: SourceWorld;
  let server: GitServer;
  let url: string;
  let commit: string;

  beforeEach(async () => {
    world = await createSourceWorld();
    server = await startGitServer(join(world.folder, "hosts"));
    url = `${server.url}/flows.git`;
    commit = await world.origin.commit(FILES);
  });
  afterEach(async () => {
    await world.end();
    await server.stop();
  });

  const mirrors = (): Promise<readonly string[]> => readdir(join(world.dataFolder, "mirrors"));

  /** Its clone has begun, and goes no further. */
  async function addHeld() {
    const clone = server.holdObjects();
    const added = world.source.addRepository({ url });
    added.catch(() => undefined);
    await clone.reached;
    return { added, ...clone };
  }

  it("is written down before it is cloned, and answers after ten seconds while that goes on", async () => {
    const { added, release } = await addHeld();
    const { id, headCommit, checkedAt } = await world.row();
    assert.deepEqual([headCommit, checkedAt], [null, null]);
    world.clock.advance(ANSWER_MS);
    assert.equal((await added).checkedAt, null);
    await assert.rejects(world.source.addRepository({ url, name: "again" }), { code: "repository-exists" });
    release();
    await world.until(async () => world.announced.includes(commit) && (await world.row()).checkedAt !== null);
    assert.deepEqual(await mirrors(), [`${id}.git`]);
  });

  it("is cloned by the next life of the service when this one ends meanwhile", async () => {
    const { added, release } = await addHeld();
    const { id } = await world.row();
    await world.restart();
    assert.equal((await added).id, id);
    assert.deepEqual(world.announced, []);
    release();
    await world.until(() => world.announced.includes(commit));
    assert.deepEqual([(await world.row()).id, await mirrors()], [id, [`${id}.git`]]);
  });

  it("is gone at once when it is removed while it is cloned, and may be added again", async () => {
    const { added, release } = await addHeld();
    await world.source.removeRepository("flows");
    await added;
    assert.deepEqual([await world.store.listRepositories(), await mirrors()], [[], []]);
    release();
    assert.equal((await world.source.addRepository({ url })).headCommit, commit);
  });

  it("is cloned from where it is said to be when that is another place meanwhile", async () => {
    const other = await ScratchRepository.create(join(world.folder, "hosts", "other.git"));
    const theirs = await other.commit({ ...FILES, "b.sql": "" });
    const { added } = await addHeld();
    server.holdObjects().release();
    const moved = await world.source.changeRepository("flows", {
      url: `${server.url}/${basename(other.folder)}`,
    });
    assert.deepEqual([moved.headCommit, (await added).id], [theirs, moved.id]);
    assert.deepEqual(world.announced, [theirs]);
  });

  it("leaves nothing when its clone fails while somebody waits for it, and says why", async () => {
    const { added, release } = await addHeld();
    release(500);
    await assert.rejects(added, {
      code: "repository-unreachable",
      message: `Cannot read "${url}": the host broke the connection off`,
    });
    assert.deepEqual([await world.store.listRepositories(), await mirrors()], [[], []]);
  });

  it("stays with its problem when its clone fails later, and is tried again", async () => {
    const { added, release } = await addHeld();
    world.clock.advance(ANSWER_MS);
    const { id } = await added;
    release(500);
    await world.until(async () => (await world.row()).problem !== null);
    const { problem, headCommit } = await world.row();
    assert.deepEqual(
      [problem, headCommit],
      [`Cannot read "${url}": the host broke the connection off`, null],
    );
    const row: RepositoryRow = await world.source.syncRepository(id);
    assert.deepEqual([row.headCommit, row.problem], [commit, null]);
  });
});
