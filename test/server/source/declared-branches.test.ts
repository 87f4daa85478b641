import assert from "node:assert/strict";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Registry } from "#server/registry/registry.js";
import type { OnCommit } from "#server/source/source.js";
import { newRun } from "../store/store-rows.js";
import { createDeclaringWorld, daily, project, STAGING } from "./declaring-world.js";
import { startGitServer, type GitServer } from "./git-server.js";
import type { SourceWorld } from "./source-world.js";

const ANN = { by: "ann", reason: "meant" };

describe("declared branches", () => {
  let world: SourceWorld;
  let registry: Registry;
  let server: GitServer;
  let url: string;
  let options: { repositoriesFile: string | null };
  /** Called before a commit is deployed. */
  let before: OnCommit;

  beforeEach(async () => {
    before = async () => undefined;
    options = { repositoriesFile: null };
    ({ world, registry } = await createDeclaringWorld(options, (commit) => before(commit)));
    server = await startGitServer(join(world.folder, "hosts"));
    url = `${server.url}/flows.git`;
  });
  afterEach(async () => {
    await world.end();
    await server.stop();
  });

  const rows = async () =>
    (await world.store.listRepositories()).map(({ name, branch }) => `${name} ${branch}`);
  const problemOf = async (name: string) =>
    (await world.store.listRepositories()).find((row) => row.name === name)?.problem;
  const live = async () =>
    (await world.store.listWorkflows({}))
      .map(({ project: of, environment, workflow }) => `${of} ${environment} ${workflow}`)
      .sort();
  const commits = async () =>
    (await world.store.listEnvironments()).map(({ environment, commit }) => `${environment} ${commit}`);
  const newest = async () => (await world.store.listDeployments({ limit: 1 }))[0]!;
  const schedulesIn = async (environment: string) =>
    (await world.store.listSchedules({ project: "growth", environment, workflow: "a" })).length;

  it("are deployed with the repository that declares them, each to its environment, in one mirror", async () => {
    const main = await world.origin.commit(project());
    const develop = await world.origin.commit(
      { ...project(), "b.workflow.yaml": daily("b") },
      { branch: "develop" },
    );
    await world.source.addRepository({ url });
    assert.deepEqual(await rows(), ["flows main", "flows@staging develop"]);
    assert.deepEqual(await commits(), [`production ${main}`, `staging ${develop}`]);
    assert.deepEqual(await live(), ["growth production a", "growth staging a", "growth staging b"]);
    assert.deepEqual([await schedulesIn("production"), await schedulesIn("staging")], [1, 0]);
    const deployments = await world.store.listDeployments({ limit: 9 });
    assert.deepEqual(
      deployments.map(({ branch, environment, status }) => [branch, environment, status]),
      [
        ["develop", "staging", "active"],
        ["main", "production", "active"],
      ],
    );
    assert.equal((await readdir(join(world.dataFolder, "mirrors"))).length, 1);
  });

  it("cost a poll that finds nothing no more than one branch does", async () => {
    const requestsOfPoll = async (): Promise<number> => {
      const begin = server.requests();
      world.passPollInterval();
      await world.source.fetchBranch((await world.row()).id, "main"); // Waits behind the poll.
      return server.requests() - begin;
    };
    await world.origin.commit(project(""));
    await world.source.addRepository({ url });
    const alone = await requestsOfPoll();
    for (const branch of ["develop", "test"]) await world.origin.commit(project(), { branch });
    await world.origin.commit(project(`${STAGING}, test: { branch: test }`));
    await world.source.syncRepository("flows");
    assert.equal((await rows()).length, 3);
    assert.equal(await requestsOfPoll(), alone);
  });

  it("are heard of by hooks, and by polls, and one push is one deployment", async () => {
    await world.origin.commit(project());
    await world.origin.commit(project(), { branch: "develop" });
    await world.source.addRepository({ url });
    const heard = await Promise.all(
      ["main", "develop", "feature"].map((branch) => world.source.hint(url, `refs/heads/${branch}`)),
    );
    assert.deepEqual(heard, [1, 1, 0]);
    const hinted = await world.origin.commit(project(STAGING, "a", "b"), { branch: "develop" });
    await world.source.hint(url, "refs/heads/develop");
    await world.until(() => world.announced.at(-1) === hinted);
    const polled = await world.origin.commit(project(STAGING, "a", "c"), { branch: "develop" });
    world.passPollInterval();
    await world.until(() => world.announced.at(-1) === polled);
    assert.deepEqual(
      (await world.store.listDeployments({ limit: 9 }))
        .map(({ commit, environment }) => `${environment} ${commit}`)
        .slice(0, 2),
      [`staging ${polled}`, `staging ${hinted}`],
    );
    assert.deepEqual(world.announced.length, 4);
  });

  it("fire, or do not, as is said anew, whatever the head of their branch is, which is told once", async () => {
    await world.origin.commit(project("staging: { branch: develop }"));
    const good = await world.origin.commit(project("", "a", "b"), { branch: "develop" });
    await world.source.addRepository({ url });
    const told = async () =>
      (await world.store.listDeployments({ environment: "staging", limit: 99 })).map(
        ({ status, commit, reason }) => [status, commit === good, reason?.split(". ")[0] ?? ""] as const,
      );
    const heads = [
      ["refused", "off", { ...project(), "a.workflow.yaml": "workflow: a\nsteps: { x: {} }\n" }],
      ["held", "on", project("", "c")],
    ] as const;
    for (const [status, triggers, head] of heads) {
      await world.origin.commit(head, { branch: "develop" });
      await world.source.syncRepository("flows");
      assert.equal((await told())[0]?.[0], status);
      const before = await schedulesIn("staging");
      await world.origin.commit(project(`staging: { branch: develop, triggers: ${triggers} }`));
      await world.source.syncRepository("flows");
      assert.deepEqual([before, await schedulesIn("staging")], triggers === "off" ? [1, 0] : [0, 1]);
      const [newest, anew] = await told();
      assert.deepEqual(
        [newest?.[0], anew],
        [status, ["active", true, `Declared anew: its triggers are ${triggers}`]],
      );
      assert.ok((await commits()).includes(`staging ${good}`));
    }
    assert.equal((await told()).length, 1 + 2 * 3);
    await world.restart();
    await world.source.syncRepository("flows");
    assert.deepEqual([(await told()).length, await schedulesIn("staging")], [1 + 2 * 3, 1]);
  });

  it("that are left take no word along that somebody gave for another place", async () => {
    await world.origin.commit(project(STAGING, "a", "b", "c"));
    await world.origin.commit(project("", "d"), { branch: "develop" });
    const { id: repositoryId } = await world.source.addRepository({ url });
    const workflows = ["a", "b", "c", "d"].map((one) => `growth/${one}`);
    const word = { repositoryId, branch: "main", change: 7, head: "0".repeat(40), workflows };
    await world.store.confirmRemoval({ ...word, ...ANN, at: world.clock.now() });
    const gone = await world.origin.commit(project("", "e"));
    await world.source.syncRepository("flows");
    assert.deepEqual([(await newest()).commit, (await newest()).status], [gone, "active"]);
    assert.deepEqual(await live(), ["growth production e"]);
    // Of d in production nobody has seen the end.
    const open = await world.store.listRemovalConfirmations({ repositoryId, since: 0 });
    assert.deepEqual(
      open.map(({ change }) => change),
      [7],
    );
  });

  it("that do not exist yet are told of, and followed when they are pushed; one that is gone keeps what it has", async () => {
    await world.origin.commit(project());
    await world.source.addRepository({ url });
    assert.equal(await problemOf("flows"), null);
    assert.equal(
      await problemOf("flows@staging"),
      `There is no branch "develop" yet: staging is deployed when it is pushed`,
    );
    const warnings = world.warnings.length;
    const develop = await world.origin.commit(project(), { branch: "develop" });
    world.passPollInterval();
    await world.until(() => world.announced.at(-1) === develop);
    await world.until(async () => (await problemOf("flows@staging")) === null);
    await world.origin.git("branch", "-D", "develop");
    await world.source.syncRepository("flows");
    assert.match((await problemOf("flows@staging")) ?? "", /^There is no branch "develop" any more: /);
    assert.deepEqual(await live(), ["growth production a", "growth staging a"]);
    assert.equal(await problemOf("flows"), null);
    assert.equal(world.warnings.length, warnings + 1);
  });

  it("go on when the registered branch is gone, which names the branches that there are", async () => {
    await world.origin.commit(project());
    await world.origin.commit(project(), { branch: "develop" });
    await world.source.addRepository({ url });
    await world.origin.git("update-ref", "-d", "refs/heads/main");
    const develop = await world.origin.commit(project(STAGING, "a", "b"), { branch: "develop" });
    await assert.rejects(world.source.syncRepository("flows"), /There is "develop"$/);
    assert.equal((await newest()).commit, develop);
    assert.equal(await problemOf("flows@staging"), null);
  });

  it("are what the registered branch says: no other branch puts itself into an environment, or makes its triggers fire", async () => {
    const claims = "environments: { production: { branch: develop }, live: { branch: develop } }\n";
    await world.origin.commit(project());
    await world.origin.commit(
      {
        "headwater.yaml": `project: growth\n${claims}`.replace(", live: { branch: develop }", ""),
        "a.workflow.yaml": daily("a"),
      },
      { branch: "develop" },
    );
    await world.source.addRepository({ url });
    assert.deepEqual(await live(), ["growth production a", "growth staging a"]);
    assert.equal(await schedulesIn("staging"), 0);
    // Nor one from a time when there were no environments, where all was production.
    await world.origin.commit(
      { "headwater.yaml": "project: growth\n", "a.workflow.yaml": daily("a") },
      { branch: "develop" },
    );
    await world.source.syncRepository("flows");
    assert.deepEqual([(await newest()).environment, await schedulesIn("staging")], ["staging", 0]);
  });

  it("get what is said anew of their environment without a push of their own, also over a kill", async () => {
    await world.origin.commit(project());
    await world.origin.commit(project(), { branch: "develop" });
    await world.source.addRepository({ url });
    assert.equal(await schedulesIn("staging"), 0);
    await world.origin.commit(project("staging: { branch: develop }"));
    await world.source.syncRepository("flows");
    assert.equal(await schedulesIn("staging"), 1);
    await world.origin.commit(project());
    before = async ({ repository }) => {
      if (repository.declared !== null) throw new Error("killed");
    };
    await world.source.syncRepository("flows");
    assert.equal(await schedulesIn("staging"), 1);
    before = async () => undefined;
    await world.restart();
    await world.until(async () => (await schedulesIn("staging")) === 0);
  });

  it("that move to another branch are deployed from there", async () => {
    await world.origin.commit(project());
    await world.origin.commit(project(), { branch: "develop" });
    await world.origin.git("branch", "next", "develop");
    await world.source.addRepository({ url });
    await world.origin.commit(project("staging: { branch: next, triggers: off }"));
    await world.source.syncRepository("flows");
    assert.deepEqual(await rows(), ["flows main", "flows@staging next"]);
    assert.deepEqual([(await newest()).branch, (await newest()).status], ["next", "active"]);
    assert.equal(await world.source.hint(url, "refs/heads/develop"), 0);
  });

  it("that are not declared any more go with the commit that says so, which is held like any loss", async () => {
    await world.origin.commit(project(STAGING, "a", "b"));
    await world.origin.commit(project(STAGING, "a", "b"), { branch: "develop" });
    await world.source.addRepository({ url });
    const held = await world.origin.commit(project("", "a", "b"));
    await world.source.syncRepository("flows");
    const { status, reason } = await newest();
    assert.equal(status, "held");
    assert.match(reason ?? "", /^It would remove 2 of 2 workflows from project "growth" \(staging\), /);
    assert.deepEqual(await rows(), ["flows main", "flows@staging develop"]);
    await registry.confirm(held, ANN);
    await world.until(async () => (await rows()).length === 1);
    assert.deepEqual(await live(), ["growth production a", "growth production b"]);
    // It is declared again, at the commit of before.
    await world.origin.commit(project(STAGING, "a", "b"));
    await world.source.syncRepository("flows");
    assert.equal((await live()).length, 4);
  });

  it("stay where somebody has pinned them, and where what declares them is pinned", async () => {
    const old = await world.origin.commit(project(""));
    await world.source.addRepository({ url });
    await world.origin.commit(project());
    const first = await world.origin.commit(project(), { branch: "develop" });
    await world.source.syncRepository("flows");
    await registry.pin({ project: "growth", environment: "staging" }, first, ANN);
    await world.origin.commit(project(""));
    await world.source.syncRepository("flows");
    assert.deepEqual([(await newest()).status, (await live()).length], ["held", 2]);
    assert.match((await newest()).reason ?? "", /^staging of "growth" is pinned/);
    await registry.unpin({ project: "growth", environment: "staging" }, ANN);
    await world.origin.commit(project());
    await world.source.syncRepository("flows");
    await registry.pin({ project: "growth", environment: "production" }, old, ANN);
    await world.source.syncRepository("flows@staging");
    assert.deepEqual([await rows(), (await live()).length], [["flows main", "flows@staging develop"], 2]);
  });

  it("are held, confirmed and rolled back by themselves", async () => {
    await world.origin.commit(project());
    await world.origin.commit(project(STAGING, "a", "b"), { branch: "develop" });
    await world.source.addRepository({ url });
    const held = await world.origin.commit(project(STAGING, "c"), { branch: "develop" });
    await world.source.syncRepository("flows@staging");
    assert.deepEqual([(await newest()).status, (await newest()).environment], ["held", "staging"]);
    assert.equal((await registry.confirm(held, ANN)).status, "active");
    assert.deepEqual(await live(), ["growth production a", "growth staging c"]);
  });

  it("are not followed twice: what somebody has registered goes before, whichever is first", async () => {
    await world.origin.commit(project());
    await world.origin.commit(project(), { branch: "develop" });
    await world.source.addRepository({ url, branch: "develop", name: "flows-staging" });
    assert.deepEqual(await live(), ["growth staging a"]);
    await world.source.addRepository({ url });
    assert.deepEqual(await rows(), ["flows main", "flows-staging develop"]);
    await world.source.removeRepository("flows-staging");
    await world.source.syncRepository("flows");
    assert.deepEqual(await rows(), ["flows main", "flows@staging develop"]);
    await assert.rejects(
      world.source.addRepository({ url, branch: "develop", name: "flows-staging" }),
      /branch "develop" of ".*" is followed already, as "flows@staging"$/,
    );
    assert.deepEqual(await live(), ["growth production a", "growth staging a"]);
  });

  it("leave to the file of repositories what stands there, and keep what they had before that did", async () => {
    await world.origin.commit(project());
    await world.origin.commit(project(), { branch: "develop" });
    options.repositoriesFile = join(world.folder, "repositories.json");
    const staging = { name: "staging", url, branch: "develop" };
    await writeFile(
      options.repositoriesFile,
      JSON.stringify({ repositories: [{ name: "flows", url }, staging] }),
    );
    await world.restart();
    await world.until(async () => (await live()).length === 2);
    await world.source.syncRepository("flows");
    assert.deepEqual(await rows(), ["flows main", "staging develop"]);
    await world.source.removeRepository("staging");
    await writeFile(options.repositoriesFile, JSON.stringify({ repositories: [{ name: "flows", url }] }));
    await world.restart();
    await world.until(async () => (await live()).length === 2);
    await writeFile(options.repositoriesFile, JSON.stringify({ repositories: [staging] }));
    await world.restart();
    assert.deepEqual(await rows(), ["flows main", "flows@staging develop"]);
    assert.match(
      world.warnings.at(-1) ?? "",
      /^Leaves a branch of the file to who declares it .*"as":"flows@staging"/,
    );
  });

  it("follow their repository: its name, where it is, and its end; by hand nobody changes them", async () => {
    await world.origin.commit(project());
    await world.origin.commit(project(), { branch: "develop" });
    await world.source.addRepository({ url });
    for (const change of [
      world.source.changeRepository("flows@staging", { branch: "main" }),
      world.source.removeRepository("flows@staging"),
    ])
      await assert.rejects(
        change,
        /"headwater.yaml" of "flows" declares staging\. Change "environments" there/,
      );
    await world.source.changeRepository("flows", { name: "growth", url: world.origin.folder });
    const moved = await world.store.listRepositories();
    assert.deepEqual(
      moved.map((row) => [row.name, row.url]),
      ["growth", "growth@staging"].map((name) => [name, world.origin.folder]),
    );
    await world.source.changeRepository("growth", { follows: "branch" });
    assert.deepEqual([await rows(), await live()], [["growth main"], ["growth production a"]]);
    await world.source.changeRepository("growth", { follows: "environments" });
    assert.equal((await rows()).length, 2);
    await world.source.removeRepository("growth");
    assert.deepEqual([await rows(), await live()], [[], []]);
    assert.deepEqual(await readdir(join(world.dataFolder, "mirrors")), []);
  });

  it("give way when the registered branch comes to be theirs", async () => {
    await world.origin.commit(project());
    const develop = await world.origin.commit(project(), { branch: "develop" });
    await world.source.addRepository({ url });
    await world.source.changeRepository("flows", { branch: "develop" });
    assert.deepEqual(await rows(), ["flows develop", "flows@production main"]);
    assert.deepEqual(await live(), ["growth production a", "growth staging a"]);
    assert.ok((await commits()).includes(`staging ${develop}`));
  });

  it("whose names Git does not allow are told of, and never asked for", async () => {
    const hostile = ["release/*", "--upload-pack=touch x", "a..b"];
    const names = hostile.map((branch, place) => `e${place}: { branch: ${JSON.stringify(branch)} }`);
    await world.origin.commit(project([STAGING, ...names].join(", ")));
    await world.origin.commit(project(), { branch: "develop" });
    await world.source.addRepository({ url });
    assert.deepEqual(await live(), ["growth production a", "growth staging a"]);
    assert.deepEqual(
      await Promise.all(hostile.map((_, place) => problemOf(`flows@e${place}`))),
      hostile.map(
        (branch, place) => `Cannot follow branch "${branch}" for e${place}: Git allows no such name`,
      ),
    );
  });

  it("go on over restarts, and over a kill between two of them", async () => {
    await world.origin.commit(project());
    await world.origin.commit(project(), { branch: "develop" });
    await world.source.addRepository({ url });
    await world.restart();
    await world.until(() => world.announced.length === 4);
    assert.equal((await world.store.listDeployments({ limit: 9 })).length, 2);
    const main = await world.origin.commit(project(STAGING, "a", "b"));
    const develop = await world.origin.commit(project(STAGING, "a", "c"), { branch: "develop" });
    before = async ({ repository }) => {
      if (repository.declared !== null) throw new Error("killed");
    };
    await world.source.syncRepository("flows");
    assert.ok((await commits()).includes(`production ${main}`));
    before = async () => undefined;
    await world.restart();
    await world.until(async () => (await commits()).includes(`staging ${develop}`));
    const all = await world.store.listDeployments({ limit: 9 });
    assert.deepEqual(all.map(({ commit }) => commit).slice(0, 2), [develop, main]);
  });

  it("of which one cannot be deployed keep none of the others back", async () => {
    await world.origin.commit(project(`${STAGING}, test: { branch: test, triggers: off }`));
    for (const branch of ["develop", "test"]) await world.origin.commit(project(), { branch });
    before = async ({ repository }) => {
      if (repository.name === "flows@staging") throw new Error("no room for it");
    };
    await world.source.addRepository({ url });
    assert.deepEqual(await live(), ["growth production a", "growth test a"]);
    assert.equal(await problemOf("flows@staging"), "no room for it");
    const next = await world.origin.commit(
      project(`${STAGING}, test: { branch: test, triggers: off }`, "a", "b"),
    );
    await world.source.syncRepository("flows");
    assert.ok((await commits()).includes(`production ${next}`));
    await world.restart();
    const last = await world.origin.commit(
      project(`${STAGING}, test: { branch: test, triggers: off }`, "a", "c"),
    );
    // It is tried again, and fails again.
    world.clock.advance(60_000);
    await world.source.syncRepository("flows");
    assert.ok((await commits()).includes(`production ${last}`));
    before = async () => undefined;
    await world.source.syncRepository("flows@staging");
    assert.equal((await live()).length, 4);
  });

  it("are not confirmed into an environment that nobody follows any more by then", async () => {
    await world.origin.commit(project());
    await world.origin.commit(project(STAGING, "a", "b"), { branch: "develop" });
    await world.source.addRepository({ url });
    const held = await world.origin.commit(project(STAGING, "c"), { branch: "develop" });
    await world.source.syncRepository("flows@staging");
    // Between what was compiled and what is decided of it.
    const { store, source } = world;
    const listRepositories = store.listRepositories.bind(store);
    const describeCommit = source.describeCommit.bind(source);
    source.describeCommit = async (...args) => {
      store.listRepositories = async () => {
        store.listRepositories = listRepositories;
        await source.removeRepository("flows");
        return listRepositories();
      };
      return describeCommit(...args);
    };
    await assert.rejects(registry.confirm(held, ANN), { code: "repository-not-found" });
    assert.deepEqual(await live(), []);
  });

  it("that were deleted keep no damaged mirror from being made anew", async () => {
    const main = await world.origin.commit(project());
    await world.origin.commit(project(), { branch: "develop" });
    const { id } = await world.source.addRepository({ url });
    await world.origin.git("branch", "-D", "develop");
    await world.source.syncRepository("flows");
    await rm(join(world.dataFolder, "mirrors", `${id}.git`, "HEAD"));
    await world.restart();
    assert.equal((await world.source.readTree(id, main)).paths.length, 2);
  });

  it("are not followed by what the file of repositories has and follows one branch", async () => {
    await world.origin.commit(project());
    await world.origin.commit(project(), { branch: "develop" });
    await world.source.addRepository({ url, branch: "main" });
    options.repositoriesFile = join(world.folder, "repositories.json");
    const write = (more: object) =>
      writeFile(
        options.repositoriesFile ?? "",
        JSON.stringify({ repositories: [{ name: "flows", url, ...more }] }),
      );
    await write({});
    await world.restart();
    await world.source.syncRepository("flows");
    assert.deepEqual(await rows(), ["flows main"]);
    await write({ follow: "environments" });
    await world.restart();
    await world.source.syncRepository("flows");
    assert.deepEqual(await rows(), ["flows main", "flows@staging develop"]);
  });

  it("leave their runs what they need when they are not declared any more, over a restart, until those have ended", async () => {
    await world.origin.commit(project());
    const commit = await world.origin.commit({ ...project(), "q.sql": "select 1" }, { branch: "develop" });
    await world.source.addRepository({ url });
    const { id: repositoryId } = (await world.store.listRepositories())[1]!;
    const run = newRun("run_1", {
      project: "growth",
      workflow: "a",
      environment: "staging",
      repositoryId,
      commit,
    });
    await world.store.createRuns([run]);
    await world.origin.commit(project(""));
    await world.source.syncRepository("flows");
    assert.equal((await rows()).length, 1);
    assert.deepEqual((await readdir(await world.source.checkOut(run))).includes("q.sql"), true);
    await world.source.removeRepository("flows");
    await world.restart();
    assert.deepEqual((await readdir(await world.source.checkOut(run))).includes("q.sql"), true);
  });

  it("are made anew with the mirror when that is damaged", async () => {
    await world.origin.commit(project());
    const develop = await world.origin.commit(project(), { branch: "develop" });
    await world.source.addRepository({ url });
    const [mirror = ""] = await readdir(join(world.dataFolder, "mirrors"));
    await writeFile(join(world.dataFolder, "mirrors", mirror, "HEAD"), "nonsense");
    await world.restart();
    const next = await world.origin.commit(project(STAGING, "a", "b"), { branch: "develop" });
    await world.source.syncRepository("flows");
    assert.equal((await newest()).commit, next);
    const { id } = (await world.store.listRepositories())[1]!;
    assert.ok((await world.source.readTree(id, develop)).paths.includes("headwater.yaml"));
  });
});
