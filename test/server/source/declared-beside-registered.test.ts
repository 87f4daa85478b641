import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { SourceOptions } from "#server/source/create-source.js";
import type { OnCommit } from "#server/source/source.js";
import { openConnection } from "#server/store/sqlite/connection.js";
import { createDeclaringWorld, project, STAGING } from "./declaring-world.js";
import { startGitServer, type GitServer } from "./git-server.js";
import type { SourceWorld } from "./source-world.js";

describe("declared branches beside others", () => {
  let world: SourceWorld;
  let server: GitServer;
  let url: string;
  let options: { repositoriesFile: string | null; store?: SourceOptions["store"] };
  /** Called before a commit is deployed. */
  let before: OnCommit;

  beforeEach(async () => {
    before = async () => undefined;
    options = { repositoriesFile: null };
    ({ world } = await createDeclaringWorld(options, (commit) => before(commit)));
    server = await startGitServer(join(world.folder, "hosts"));
    url = `${server.url}/flows.git`;
  });
  afterEach(async () => {
    await world.end();
    await server.stop();
  });

  const rows = async () =>
    (await world.store.listRepositories()).map(({ name, branch }) => `${name} ${branch}`);
  const live = async () =>
    (await world.store.listWorkflows({}))
      .map(({ project: of, environment, workflow }) => `${of} ${environment} ${workflow}`)
      .sort();

  const newest = async () => {
    const [first, ...rest] = await world.store.listDeployments({ environment: "staging", limit: 9 });
    return [first!, ...rest] as const;
  };

  it("stay when an entry of the file of repositories moves to their branch, which is no reason not to start", async () => {
    const both = project("staging: { branch: develop }, test: { branch: next }");
    for (const branch of ["main", "develop", "next"]) await world.origin.commit(both, { branch });
    options.repositoriesFile = join(world.folder, "repositories.json");
    for (const branch of ["develop", "next"]) {
      const repositories = [
        { name: "flows", url },
        { name: "staging", url, branch },
      ];
      await writeFile(options.repositoriesFile, JSON.stringify({ repositories }));
      await world.restart();
      await world.source.syncRepository("flows");
      assert.deepEqual(await rows(), ["flows main", "flows@test next", "staging develop"]);
    }
    assert.ok(
      world.warnings.some((warning) => /^Leaves a branch of the file .*"as":"flows@test"/.test(warning)),
    );
  });

  it("keep the word that somebody gave for their head where something is declared anew of what is live", async () => {
    await world.origin.commit(project("staging: { branch: develop }"));
    await world.origin.commit(project("", "a", "b"), { branch: "develop" });
    await world.source.addRepository({ url });
    const broken = { ...project(), "a.workflow.yaml": "workflow: a\nsteps: { x: {} }\n" };
    const commit = await world.origin.commit(broken, { branch: "develop" });
    await world.source.syncRepository("flows");
    const [{ repositoryId }] = await newest();
    const word = { repositoryId, commit, by: "ann", reason: "meant", at: 5 };
    await world.store.confirmCommit(word);
    await world.origin.commit(project());
    await world.source.syncRepository("flows");
    const [head, anew] = await newest();
    assert.deepEqual([head.commit, head.status], [commit, "refused"]);
    assert.match(anew?.reason ?? "", /^Declared anew/);
    assert.deepEqual(await world.store.findConfirmation(repositoryId, commit), word);
  });

  describe("are not followed twice", () => {
    const register = () => world.source.addRepository({ url, branch: "develop", name: "flows-staging" });
    let added: Promise<unknown>;
    /** A life of the service that does so whenever it has asked the store for that. */
    const restartWith = async (store: Partial<SourceOptions["store"]>): Promise<void> => {
      options.store = { ...world.store, ...store };
      await world.restart();
    };
    beforeEach(async () => {
      await world.origin.commit(project());
      await world.origin.commit(project(), { branch: "develop" });
    });

    it("when somebody wants to register one while it is taken in", async () => {
      await restartWith({
        saveRepository: async (row) => {
          if (row.declared !== null && row.headCommit === null) {
            added = register();
            await Promise.allSettled([added]);
          }
          await world.store.saveRepository(row);
        },
      });
      await world.source.addRepository({ url });
      await assert.rejects(added, /is followed already, as "flows@staging"$/);
      assert.deepEqual(await rows(), ["flows main", "flows@staging develop"]);
    });

    it("when somebody registers one while it is looked up what is declared", async () => {
      let isFirst = true;
      await restartWith({
        findDeployedEnvironments: async (id) => {
          const found = await world.store.findDeployedEnvironments(id);
          if (found !== null && isFirst) {
            isFirst = false;
            await register();
          }
          return found;
        },
      });
      await world.source.addRepository({ url });
      assert.deepEqual(await rows(), ["flows main", "flows-staging develop"]);
    });

    it("when a store has both: the one that is declared gives way", async () => {
      await world.source.addRepository({ url });
      const staging = (await world.store.listRepositories())[1]!;
      const registered = { id: "repo_second", name: "flows-staging", declared: null };
      await world.store.saveRepository({ ...staging, ...registered });
      await world.restart();
      await world.source.syncRepository("flows");
      await world.source.syncRepository("flows-staging");
      assert.deepEqual(await rows(), ["flows main", "flows-staging develop"]);
      assert.deepEqual(await live(), ["growth production a", "growth staging a"]);
    });
  });

  it("are as the last turn has left them when the store refuses to remove their repository", async () => {
    await world.origin.commit(project(""));
    const develop = await world.origin.commit(project(), { branch: "develop" });
    await world.source.addRepository({ url });
    const main = await world.origin.commit(project());
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const reached = new Promise<void>((resolve) => {
      before = async () => {
        resolve();
        await released;
      };
    });
    const synced = world.source.syncRepository("flows");
    await reached;
    const database = await openConnection(join(world.dataFolder, "headwater.db"), { access: "write" });
    await database.exec(
      "CREATE TRIGGER full BEFORE DELETE ON repository BEGIN SELECT RAISE(ABORT, 'no room'); END",
    );
    const refused = assert.rejects(world.source.removeRepository("flows"), /no room/);
    release();
    await Promise.all([refused, synced]);
    await database.exec("DROP TRIGGER full");
    await database.close();
    await world.source.syncRepository("flows");
    assert.deepEqual(await rows(), ["flows main", "flows@staging develop"]);
    const deployed = await world.store.listDeployments({ limit: 9, statuses: ["active"] });
    assert.deepEqual(deployed.map(({ commit }) => commit).slice(0, -1), [develop, main]);
  });

  it("that are followed go before new ones where there are too many", async () => {
    const many = Array.from({ length: 49 }, (_, place) => `e${place}: { branch: b${place} }`).join(", ");
    await world.origin.commit(project(`${many}, ${STAGING}`));
    await world.origin.commit(project(), { branch: "develop" });
    await world.source.addRepository({ url });
    assert.equal((await rows()).length, 51);
    await world.origin.commit(project(`first: { branch: first }, ${many}, ${STAGING}`));
    await world.source.syncRepository("flows");
    assert.equal((await rows()).length, 51);
    assert.ok((await rows()).includes("flows@staging develop"));
    assert.deepEqual(await live(), ["growth production a", "growth staging a"]);
  });

  it("that are gone are gone all the while on record, also while the host is away", async () => {
    const since = world.clock.now();
    await world.origin.commit(project());
    await world.source.addRepository({ url });
    server.fail(503);
    world.clock.advance(1000);
    await assert.rejects(world.source.syncRepository("flows"));
    server.fail(null);
    world.clock.advance(1000);
    await world.source.syncRepository("flows");
    await world.origin.commit(project(), { branch: "develop" });
    world.clock.advance(1000);
    await world.source.syncRepository("flows");
    const events = await world.store.listSourceEvents({ after: 0, limit: 9 });
    assert.deepEqual(
      events.map((event) => [event.kind, event.since - since, (event.until ?? 0) - since]),
      [
        ["unreachable", 1000, 2000],
        ["branch-missing", 0, 3000],
      ],
    );
  });
});
