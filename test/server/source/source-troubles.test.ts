import assert from "node:assert/strict";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { newRun } from "../store/store-rows.js";
import { startGitServer, type GitServer } from "./git-server.js";
import { createSourceWorld, type SourceWorld } from "./source-world.js";

/** Until then a poll goes no further than a question that is not git's. */
const UNTIL_GIT_ASKS_MS = 61 * 60_000;
const FILES = { "headwater.yaml": "project: growth\n" };

describe("what happens to a repository", () => {
  let world: SourceWorld;
  let server: GitServer;
  let id: string;
  let first: string;

  beforeEach(async () => {
    world = await createSourceWorld();
    server = await startGitServer(join(world.folder, "hosts"));
    first = await world.origin.commit(FILES);
    ({ id } = await world.source.addRepository({ url: `${server.url}/flows.git` }));
  });
  afterEach(async () => {
    await server.stop();
    await world.end();
  });

  const events = () => world.store.listSourceEvents({ after: 0, limit: 99 });
  const newest = async () => (await events())[0]!;
  const isOver = async (): Promise<boolean> => (await world.store.listOpenSourceEvents()).length === 0;
  /** Looks at the host now; what is the matter then is in the events. */
  const look = () => world.source.syncRepository(id).catch(() => undefined);

  it("is on record from when the host could not be reached until it could, once, over restarts", async () => {
    assert.deepEqual(await events(), []);
    server.fail(503);
    const since = world.clock.now();
    await look();
    world.clock.advance(60_000);
    await look();
    await world.restart();
    await look();
    const { id: event, ...told } = await newest();
    assert.deepEqual(told, {
      repositoryId: id,
      repository: "flows",
      branch: null,
      kind: "unreachable",
      detail: `Cannot read "${server.url}/flows.git": the host broke the connection off`,
      lostCommits: [],
      since,
      until: null,
    });
    server.fail(404);
    await look();
    assert.match((await newest()).detail, /there is no Git repository that the service's user can see/);
    server.fail(null);
    world.clock.advance(60_000);
    await look();
    const over = await events();
    assert.deepEqual(
      over.map((each) => [each.id, each.since, each.until]),
      [[event, since, world.clock.now()]],
    );
  });

  it("is on record while the branch is gone, also when the host fails meanwhile", async () => {
    await world.origin.git("branch", "--move", "main", "trunk");
    await look();
    server.fail(500);
    world.clock.advance(1000);
    await look();
    server.fail(null);
    world.clock.advance(1000);
    await look();
    await world.origin.git("branch", "--move", "trunk", "main");
    world.clock.advance(1000);
    await look();
    const at = (until: number | null): number => (until ?? 0) - (world.clock.now() - 3000);
    assert.deepEqual(
      (await events()).map(({ kind, branch, since, until }) => [kind, branch, at(since), at(until)]),
      [
        ["branch-missing", "main", 2000, 3000],
        ["unreachable", null, 1000, 2000],
        ["branch-missing", "main", 0, 1000],
      ],
    );
    assert.match((await newest()).detail, /there is no such branch\. There is "trunk"$/);
  });

  it("is on record when another branch is followed in place of the one that is gone, and when it is removed", async () => {
    await world.origin.git("branch", "--move", "main", "trunk");
    await look();
    await world.source.changeRepository(id, { branch: "trunk" });
    assert.ok(await isOver());
    server.fail(500);
    await look();
    assert.ok(!(await isOver()));
    await world.source.removeRepository(id);
    assert.ok(await isOver());
    assert.deepEqual((await newest()).repository, null);
  });

  it("is on record when the head that the host told of is gone before it is fetched", async () => {
    const seen = await world.origin.commit({ ...FILES, "b.sql": "seen" });
    const { reached, release } = server.hold();
    world.clock.advance(UNTIL_GIT_ASKS_MS);
    await reached;
    await world.origin.git("update-ref", "refs/heads/main", first);
    const head = await world.origin.commit({ ...FILES, "b.sql": "kept" });
    await world.origin.git("gc", "--quiet", "--prune=now");
    release();
    await world.until(() => world.announced.at(-1) === head);
    const { kind, branch, detail, since, until } = await newest();
    assert.deepEqual([kind, branch, until], ["commit-vanished", "main", since]);
    assert.ok(detail.startsWith(`The host had ${seen.slice(0, 12)} at the head of the branch`), detail);
    assert.ok(detail.endsWith(`${head.slice(0, 12)} is what counts`), detail);
  });

  it("is not on record when the branch has only moved on before it is fetched", async () => {
    await world.origin.commit({ ...FILES, "b.sql": "seen" });
    const { reached, release } = server.hold();
    world.clock.advance(UNTIL_GIT_ASKS_MS);
    await reached;
    const head = await world.origin.commit({ ...FILES, "b.sql": "after it" });
    release();
    await world.until(() => world.announced.at(-1) === head);
    assert.deepEqual(await events(), []);
  });

  describe("whose mirror is damaged", () => {
    let damaged: string;
    /** Writes the file of an object as it was. */
    let restore: () => Promise<void>;
    beforeEach(async () => {
      damaged = await world.origin.commit({ ...FILES, "q.sql": "2" });
      await look();
      await world.origin.commit({ ...FILES, "q.sql": "3" }, { orphan: true });
      await look();
      const blob = await world.origin.blob("2");
      const objects = join(world.dataFolder, "mirrors", `${id}.git`, "objects");
      const file = join(objects, blob.slice(0, 2), blob.slice(2));
      await chmod(file, 0o644);
      const whole = await readFile(file);
      restore = () => writeFile(file, whole);
      await writeFile(file, "rubbish");
      await world.store.createRuns([newRun("run_1", { repositoryId: id, commit: damaged })]);
    });

    const checkOut = () => world.source.checkOut({ id: "run_1", repositoryId: id, commit: damaged });

    it("is on record as made anew with all that is needed", async () => {
      await checkOut();
      const { kind, detail, lostCommits, until } = await newest();
      assert.deepEqual([kind, lostCommits, until], ["mirror-damaged", [], world.clock.now()]);
      assert.match(
        detail,
        /^The mirror was damaged \(.+\), and was made anew, with all commits that are needed$/,
      );
    });

    it("is on record with the commits that nobody has any more", async () => {
      await world.origin.git("gc", "--quiet", "--prune=now");
      await assert.rejects(checkOut(), { code: "not-found" });
      const { kind, detail, lostCommits } = await newest();
      assert.deepEqual([kind, lostCommits], ["mirror-damaged", [damaged]]);
      assert.match(detail, /which not even the host has: push them again/);
    });

    it("is on record until the mirror does what it is for, though it was not made anew", async () => {
      server.fail(503);
      await assert.rejects(checkOut());
      await restore();
      await checkOut();
      assert.ok(await isOver());
    });

    it("is on record until what is new is fetched into the mirror as it is", async () => {
      server.fail(503);
      await assert.rejects(checkOut());
      server.fail(null);
      await world.origin.commit({ ...FILES, "q.sql": "4" });
      await look();
      assert.ok(await isOver());
    });

    it("is over when the repository is removed, whatever its runs find in the mirror later", async () => {
      server.fail(503);
      await assert.rejects(checkOut());
      await world.source.removeRepository(id);
      const { id: event, until } = await newest();
      world.clock.advance(1000);
      server.fail(null);
      await checkOut().catch(() => undefined);
      assert.deepEqual((await events()).find((one) => one.id === event)?.until, until);
    });

    it("is on record as long as it cannot be made anew, and as one event", async () => {
      server.fail(503);
      await assert.rejects(checkOut());
      assert.equal((await newest()).until, null);
      server.fail(null);
      await checkOut();
      assert.deepEqual(
        (await events()).map(({ kind, until }) => [kind, until !== null]),
        [["mirror-damaged", true]],
      );
    });
  });
});
