import assert from "node:assert/strict";
import type { DeploymentRow, RepositoryRow } from "#server/store/store.js";
import type { StoreFactory } from "./store-conformance.js";
import { KEY, activation, deployment, schedule, signalTrigger } from "./store-rows.js";
import { testWith } from "./with-store.js";

const REPOSITORY: RepositoryRow = {
  id: "repo_1",
  name: "sales",
  url: "https://example.org/sales.git",
  branch: "main",
  createdAt: 500,
  headCommit: null,
  checkedAt: null,
  follows: "branch",
  declared: null,
  problem: null,
};

/** Repositories, deployments, workflows and versions. */
export function describeRegistryRows(create: StoreFactory): void {
  const test = testWith(create);

  test("saveRepository() adds and replaces; listRepositories() answers by name", async ({
    store,
    reopen,
  }) => {
    await store.saveRepository(REPOSITORY);
    await store.saveRepository({ ...REPOSITORY, id: "repo_2", name: "ads" });
    const checked = { ...REPOSITORY, headCommit: "c0ffee", checkedAt: 700, problem: "cannot be reached" };
    await store.saveRepository(checked);
    assert.deepEqual(await (await reopen()).listRepositories(), [
      { ...REPOSITORY, id: "repo_2", name: "ads" },
      checked,
    ]);
  });

  test("removeRepository() takes along what is followed because it declares that", async ({
    store,
    reopen,
  }) => {
    const declared = { by: "repo_1", environment: "staging", triggers: false, backfillsFrom: ["fix/*"] };
    const staging: RepositoryRow = { ...REPOSITORY, id: "repo_1.env_1", name: "sales@staging", declared };
    for (const row of [REPOSITORY, staging, { ...REPOSITORY, id: "repo_10", name: "ads" }])
      await store.saveRepository(row);
    await store.activateDeployment(
      activation(deployment("d1", { environment: "staging", repositoryId: staging.id }), { daily: {} }),
    );
    const again = await reopen();
    assert.deepEqual((await again.listRepositories())[2], staging);
    await again.removeRepository("repo_1");
    assert.deepEqual(
      (await again.listRepositories()).map(({ name }) => name),
      ["ads"],
    );
    assert.deepEqual(await again.listWorkflows({}), []);
  });

  test("findDeployedEnvironments() answers what is deployed of a repository, unless that is pinned", async ({
    store,
  }) => {
    await store.saveRepository(REPOSITORY);
    assert.equal(await store.findDeployedEnvironments("repo_1"), null);
    const made = activation(deployment("d1"), { daily: {} });
    const staging = { branch: "develop", triggers: false, backfillsFrom: [] };
    const settings = { ...made.settings, environments: { staging } };
    await store.activateDeployment({ ...made, settings });
    const found = { own: "production", environments: { staging } };
    assert.deepEqual(await store.findDeployedEnvironments("repo_1"), found);
    assert.deepEqual([...(await store.listDeployedEnvironments())], [["repo_1", found]]);
    // The newest counts, also where it comes first by name.
    const later = deployment("d1b", { project: "a", environment: "live", seenAt: 1950, endedAt: 2000 });
    await store.activateDeployment(activation(later, { daily: {} }));
    const newest = await store.findDeployedEnvironments("repo_1");
    assert.equal(newest?.own, "live");
    assert.deepEqual([...(await store.listDeployedEnvironments())], [["repo_1", newest]]);
    const by = { by: "ann", reason: "broken", at: 5 };
    await store.activateDeployment({ ...activation(deployment("d2"), { daily: {} }), pin: by });
    assert.equal(await store.findDeployedEnvironments("repo_1"), null);
    assert.equal((await store.listDeployedEnvironments()).size, 0);
  });

  test("savePermit() sets and replaces, removePermit() forgets; listPermits() answers by name", async ({
    store,
    reopen,
  }) => {
    const permit = { name: "orders_api", limit: 20, setBy: "ann", setAt: 5 };
    await store.savePermit(permit);
    await store.savePermit({ ...permit, name: "mail" });
    await store.savePermit({ ...permit, limit: 0, setBy: "bob", setAt: 7 });
    await store.removePermit("mail");
    await store.removePermit("never there");
    await store.savePermit({ ...permit, name: "api" });
    assert.deepEqual(await (await reopen()).listPermits(), [
      { ...permit, name: "api" },
      { ...permit, limit: 0, setBy: "bob", setAt: 7 },
    ]);
  });

  test("pauseWorkflow() pauses once until resumeWorkflow() ends it; both stay on record, over deployments", async ({
    store,
    reopen,
  }) => {
    const [ann, bob] = [
      { by: "ann", reason: "the source is down", at: 5 },
      { by: "bob", reason: "", at: 7 },
    ];
    const other = { ...KEY, workflow: "ads" };
    assert.equal(await store.resumeWorkflow({ ...KEY, ...bob }), false);
    assert.equal(await store.pauseWorkflow({ ...KEY, ...ann }), true);
    assert.equal(await store.pauseWorkflow({ ...KEY, ...bob }), false);
    assert.equal(await store.pauseWorkflow({ ...other, ...bob }), true);
    await store.activateDeployment(activation(deployment("d1"), { daily: {} }));
    const again = await reopen();
    assert.deepEqual(await again.listPausedWorkflows(), [
      { ...other, ...bob, resumed: null },
      { ...KEY, ...ann, resumed: null },
    ]);
    assert.equal(await again.resumeWorkflow({ ...KEY, ...bob }), true);
    assert.equal(await again.resumeWorkflow({ ...KEY, ...ann }), false);
    assert.deepEqual(await again.listPausedWorkflows(), [{ ...other, ...bob, resumed: null }]);
    assert.equal(await again.pauseWorkflow({ ...KEY, ...bob }), true);
    assert.deepEqual(await again.listPauses(KEY, 5), [
      { ...KEY, ...bob, resumed: null },
      { ...KEY, ...ann, resumed: bob },
    ]);
    assert.deepEqual(await again.listPauses(KEY, 1), [{ ...KEY, ...bob, resumed: null }]);
  });

  test("setBreakpoint() sets one at a step until clearBreakpoint() takes it away; both stay on record", async ({
    store,
    reopen,
  }) => {
    const [ann, bob] = [
      { step: "load", by: "ann", reason: "to look", at: 5 },
      { step: "load", by: "bob", reason: "", at: 7 },
    ];
    const cleared = { by: "bob", reason: "", at: 7 };
    assert.equal(await store.clearBreakpoint({ ...KEY, ...bob }), false);
    assert.equal(await store.setBreakpoint({ ...KEY, ...ann }), true);
    assert.equal(await store.setBreakpoint({ ...KEY, ...bob }), false);
    assert.equal(await store.setBreakpoint({ ...KEY, ...bob, step: "load.copy" }), true);
    const again = await reopen();
    const inner = { ...KEY, ...bob, step: "load.copy", cleared: null };
    assert.deepEqual(await again.listOpenBreakpoints(), [{ ...KEY, ...ann, cleared: null }, inner]);
    assert.equal(await again.clearBreakpoint({ ...KEY, ...bob }), true);
    assert.deepEqual(await again.listOpenBreakpoints(), [inner]);
    assert.equal(await again.setBreakpoint({ ...KEY, ...bob }), true);
    const last = { ...KEY, ...bob, cleared: null };
    assert.deepEqual(await again.listBreakpoints(KEY, 5), [last, inner, { ...KEY, ...ann, cleared }]);
    assert.deepEqual(await again.listBreakpoints({ ...KEY, workflow: "ads" }, 5), []);
  });

  test("findVersionAt() answers the version that a workflow had when a commit was deployed", async ({
    store,
  }) => {
    await store.saveRepository(REPOSITORY);
    const workflows = { daily: { version: "v1" }, hourly: { version: "h1" } };
    await store.activateDeployment(activation(deployment("d1", { commit: "one" }), workflows));
    const changed = { ...workflows, daily: { version: "v2" } };
    await store.activateDeployment(activation(deployment("d2", { commit: "two" }), changed));
    const last = activation(deployment("d3", { commit: "three" }), { daily: { version: "v2" } }, ["hourly"]);
    await store.activateDeployment(last);
    const versions = async (workflow: string): Promise<readonly (string | null)[]> =>
      Promise.all(
        ["one", "two", "three", "four"].map((commit) => store.findVersionAt({ ...KEY, workflow }, commit)),
      );
    assert.deepEqual(await versions("daily"), ["v1", "v2", "v2", null]);
    assert.deepEqual(await versions("hourly"), ["h1", "h1", null, null]);
  });

  test("a write that breaks a rule fails alone, its neighbours land", async ({ store }) => {
    const results = await Promise.allSettled([
      store.saveRepository(REPOSITORY),
      store.saveRepository({ ...REPOSITORY, id: "repo_2" }),
      store.saveRepository({ ...REPOSITORY, id: "repo_3", name: "third" }),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.deepEqual(
      (await store.listRepositories()).map(({ id }) => id),
      ["repo_1", "repo_3"],
    );
  });

  test("removeRepository() forgets it and buries its workflows", async ({ store }) => {
    await store.saveRepository(REPOSITORY);
    const listening = { triggers: [signalTrigger("orders")], schedules: [schedule("s1", 100)] };
    await store.activateDeployment(activation(deployment("d1"), { daily: listening }));
    await store.removeRepository("repo_1");
    assert.deepEqual(await store.listRepositories(), []);
    assert.deepEqual(await store.listWorkflows({}), []);
    assert.equal((await store.findWorkflow(KEY))?.removedAt, 10_000);
    assert.equal(await store.nextScheduleAt(), null);
    assert.deepEqual(
      await store.listSignalListeners({ signal: "orders", params: {}, environment: "production" }),
      [],
    );
  });

  test("activateDeployment() numbers versions in order of first activation, each once", async ({ store }) => {
    await store.activateDeployment(
      activation(deployment("d1"), { daily: { version: "v1" }, hourly: { version: "h1" } }),
    );
    await store.activateDeployment(
      activation(deployment("d2"), { daily: { version: "v2" }, hourly: { version: "h1" } }),
    );
    await store.activateDeployment(
      activation(deployment("d3"), { daily: { version: "v1" }, hourly: { version: "h1" } }),
    );
    assert.deepEqual(
      (await store.listVersions(KEY)).map(({ id, number }) => `${id} ${number}`),
      ["v2 2", "v1 1"],
    );
    const workflow = await store.findWorkflow(KEY);
    assert.deepEqual([workflow?.versionId, workflow?.versionNumber], ["v1", 1]);
    const expected = activation(deployment("d1"), { daily: { version: "v1" } }).workflows[0]?.version;
    assert.deepEqual(await store.findVersion("v1"), { ...expected, number: 1 });
    assert.equal(await store.findVersion("nothing"), null);
  });

  test("findVersion() reads what a build that knew less has stored", async ({ store }) => {
    const current = activation(deployment("d1"), { daily: { version: "v1" } });
    const workflows = current.workflows.map((workflow) => {
      const { outputs: _, ...definition } = workflow.version.definition;
      // What an earlier build, whose type had no outputs, would have passed.
      return { ...workflow, version: { ...workflow.version, definition } } as typeof workflow;
    });
    await store.activateDeployment({ ...current, workflows });
    assert.deepEqual((await store.findVersion("v1"))?.definition, current.workflows[0]?.version.definition);
  });

  test("activateDeployment() says when a workflow itself last changed", async ({ store }) => {
    const at = (id: string, endedAt: number, owner: string) =>
      store.activateDeployment(activation(deployment(id, { commit: id, endedAt }), { daily: { owner } }));
    await at("d1", 1000, "ada");
    await at("d2", 2000, "ada");
    const same = await store.findWorkflow(KEY);
    assert.deepEqual([same?.commit, same?.updatedAt], ["d2", 1000]);
    await at("d3", 3000, "grace");
    assert.equal((await store.findWorkflow(KEY))?.updatedAt, 3000);
  });

  test("activateDeployment() leaves what it does not name as it is, at the new commit", async ({
    store,
    reopen,
  }) => {
    const listening = { triggers: [signalTrigger("orders")], schedules: [schedule("s1", 100)] };
    const first = activation(deployment("d1", { commit: "one", endedAt: 1000 }), {
      daily: { version: "v1", ...listening },
      hourly: { version: "h1" },
    });
    await store.activateDeployment(first);
    const before = await store.findWorkflow(KEY);
    const second = deployment("d2", { commit: "two", endedAt: 2000 });
    await store.activateDeployment(activation(second, { hourly: { version: "h2" } }));
    const again = await reopen();
    assert.deepEqual(await again.findWorkflow(KEY), { ...before, commit: "two" });
    assert.deepEqual(
      (await again.listWorkflows({})).map((row) => [row.workflow, row.versionId, row.commit, row.updatedAt]),
      [
        ["daily", "v1", "two", 1000],
        ["hourly", "h2", "two", 2000],
      ],
    );
    assert.equal(await again.nextScheduleAt(), 100);
    assert.equal(
      (await again.listSignalListeners({ signal: "orders", params: {}, environment: "production" }))[0]
        ?.commit,
      "two",
    );
    assert.equal(await again.findVersionAt(KEY, "two"), "v1");
  });

  test("listEnvironments() and listLiveWorkflows() answer what runs where, until its last workflow is gone", async ({
    store,
    reopen,
  }) => {
    const place = { project: KEY.project, environment: KEY.environment };
    await store.saveRepository(REPOSITORY);
    await store.activateDeployment(
      activation(deployment("d1", { commit: "one" }), { daily: {}, hourly: {} }),
    );
    const staging = { environment: "staging", repositoryId: "repo_2", commit: "two" };
    await store.activateDeployment(activation(deployment("d2", staging), { daily: {} }));
    const again = await reopen();
    assert.deepEqual(await again.listEnvironments(), [
      { ...place, repositoryId: "repo_1", commit: "one", maxDeletedWorkflows: null },
      { ...place, ...staging, maxDeletedWorkflows: null },
    ]);
    const [{ version, properties, path } = assert.fail()] = activation(deployment("d1"), {
      daily: {},
    }).workflows;
    const { fingerprint } = version;
    assert.deepEqual(await again.listLiveWorkflows(place), [
      { workflow: "daily", path, fingerprint, properties },
      { workflow: "hourly", path: path.replace("daily", "hourly"), fingerprint, properties },
    ]);
    await again.activateDeployment(activation(deployment("d3", staging), {}, ["daily"]));
    assert.deepEqual(await again.listLiveWorkflows({ ...place, environment: "staging" }), []);
    assert.equal((await again.listEnvironments()).length, 1);
    await again.removeRepository("repo_1");
    assert.deepEqual(await again.listEnvironments(), []);
  });

  test("a tombstone keeps the last commit that the workflow was deployed at", async ({ store }) => {
    await store.saveRepository(REPOSITORY);
    const at = (commit: string, removed: readonly string[] = []) =>
      activation(deployment(commit, { commit }), {}, removed);
    await store.activateDeployment(
      activation(deployment("one", { commit: "one" }), { daily: {}, hourly: {}, weekly: {} }),
    );
    await store.activateDeployment(at("two"));
    await store.activateDeployment(at("three", ["daily"]));
    const renamed = activation(deployment("four", { commit: "four", project: "revenue" }), { daily: {} });
    await store.activateDeployment({ ...renamed, buried: [{ ...KEY, workflow: "hourly" }] });
    await store.removeRepository("repo_1");
    assert.deepEqual(
      (await store.listWorkflows({ includeRemoved: true })).map((row) => [
        row.project,
        row.workflow,
        row.commit,
      ]),
      [
        ["revenue", "daily", "four"],
        ["sales", "daily", "two"],
        ["sales", "hourly", "three"],
        ["sales", "weekly", "three"],
      ],
    );
  });

  test("a removed workflow has a tombstone until it comes back", async ({ store }) => {
    await store.activateDeployment(
      activation(deployment("d1"), { daily: { schedules: [schedule("s1", 100)] } }),
    );
    await store.activateDeployment(activation(deployment("d2", { endedAt: 2000 }), {}, ["daily"]));
    assert.deepEqual(await store.listWorkflows({ project: "sales" }), []);
    assert.equal((await store.listWorkflows({ includeRemoved: true }))[0]?.removedAt, 2000);
    assert.equal(await store.nextScheduleAt(), null);
    await store.activateDeployment(
      activation(deployment("d3"), { daily: { schedules: [schedule("s1", 900)] } }),
    );
    assert.equal((await store.findWorkflow(KEY))?.removedAt, null);
    assert.equal(await store.nextScheduleAt(), 900);
  });

  test("activateDeployment() buries what its branch left elsewhere, and that alone", async ({ store }) => {
    const listening = { triggers: [signalTrigger("orders")], schedules: [schedule("s1", 100)] };
    await store.activateDeployment(
      activation(deployment("d1"), { daily: listening, hourly: { version: "h1" } }),
    );
    const renamed = activation(deployment("d2", { project: "revenue", endedAt: 2000 }), { daily: {} });
    await store.activateDeployment({ ...renamed, buried: [KEY] });
    assert.deepEqual(
      (await store.listWorkflows({})).map((row) => `${row.project} ${row.workflow}`),
      ["revenue daily", "sales hourly"],
    );
    assert.equal((await store.findWorkflow(KEY))?.removedAt, 2000);
    assert.equal(await store.nextScheduleAt(), null);
    assert.deepEqual(
      await store.listSignalListeners({ signal: "orders", params: {}, environment: "production" }),
      [],
    );
  });

  test("environments and projects are apart", async ({ store }) => {
    await store.activateDeployment(activation(deployment("d1"), { daily: { version: "v1" } }));
    await store.activateDeployment(
      activation(deployment("d2", { environment: "staging" }), { daily: { version: "v2" } }),
    );
    await store.activateDeployment(
      activation(deployment("d3", { project: "ads" }), { daily: { version: "a1" } }),
    );
    await store.activateDeployment(activation(deployment("d4", { environment: "staging" }), {}, ["daily"]));
    assert.deepEqual(
      (await store.listWorkflows({})).map((row) => `${row.project} ${row.environment} ${row.versionId}`),
      ["ads production a1", "sales production v1"],
    );
    assert.deepEqual((await store.listWorkflows({ project: "ads" })).length, 1);
    assert.equal((await store.findVersion("v2"))?.number, 2);
  });

  test("activateDeployment() takes more workflows than travel in one statement", async ({ store }) => {
    const names = Array.from({ length: 450 }, (_, index) => `w${String(index).padStart(3, "0")}`);
    await store.activateDeployment(
      activation(deployment("d1"), Object.fromEntries(names.map((name) => [name, { version: `v-${name}` }]))),
    );
    assert.deepEqual(
      (await store.listWorkflows({})).map(({ workflow }) => workflow),
      names,
    );
  });

  test("listDeployments() answers newest first, with what was refused", async ({ store, reopen }) => {
    const refused = {
      ...deployment("d2", { status: "refused", reason: "does not compile", repositoryId: "repo_2" }),
      project: null,
      diagnostics: [
        {
          file: "a.yml",
          line: 1,
          column: 2,
          endLine: 1,
          endColumn: 5,
          severity: "error",
          code: "unknown-key",
          message: 'Unknown "x"',
        },
      ],
    } as const;
    await store.saveRepository({ ...REPOSITORY, id: "repo_1" });
    await store.activateDeployment(activation(deployment("d1"), { daily: {} }));
    await store.recordDeployment(refused);
    await store.recordDeployment(refused);
    const again = await reopen();
    const [first, second] = [deployment("d1"), refused].map((row) => ({
      ...row,
      outdated: null,
      confirmed: null,
      pinned: null,
      unpinned: null,
    }));
    assert.deepEqual(await again.listDeployments({ limit: 10 }), [second, first]);
    assert.deepEqual(await again.listDeployments({ limit: 1 }), [second]);
    assert.deepEqual(await again.listDeployments({ repositoryId: "repo_1", limit: 9 }), [first]);
    assert.deepEqual(await again.listDeployments({ project: "sales", repositoryId: "repo_2", limit: 9 }), []);
    assert.deepEqual(await again.listDeployments({ statuses: ["active", "unchanged"], limit: 9 }), [first]);
  });

  test("a pin begins with the activation of its commit and holds until endPin(), or the next one", async ({
    store,
    reopen,
  }) => {
    const { project, environment } = KEY;
    const [ann, bob] = [
      { by: "ann", reason: "broken", at: 5 },
      { by: "bob", reason: "mended", at: 7 },
    ];
    const pin = async (id: string, commit: string, by: typeof ann): Promise<void> =>
      store.activateDeployment({ ...activation(deployment(id, { commit }), { daily: {} }), pin: by });
    await store.saveRepository(REPOSITORY);
    assert.equal(await store.endPin({ project, environment }, ann), false);
    await pin("d1", "one", ann);
    await pin("d2", "two", bob);
    const again = await reopen();
    const row = { project, environment, repositoryId: "repo_1" };
    const second = { ...row, ...bob, commit: "two", ended: null };
    const first = { ...row, ...ann, commit: "one", ended: { ...bob, reason: "pinned to two instead" } };
    assert.deepEqual(await again.listOpenPins(), [second]);
    assert.deepEqual(await again.listPins({ limit: 5 }), [second, first]);
    assert.deepEqual(await again.listPins({ project: "other", limit: 5 }), []);
    const shown = await again.listDeployments({ limit: 5 });
    assert.deepEqual(
      shown.map(({ pinned }) => pinned),
      [bob, ann],
    );
    assert.equal(await again.endPin({ project, environment: "staging" }, ann), false);
    assert.equal(await again.endPin({ project, environment }, ann), true);
    assert.deepEqual(await again.listOpenPins(), []);
    await again.activateDeployment({ ...activation(deployment("d3"), { daily: {} }), pin: ann });
    await again.removeRepository("repo_1");
    assert.equal((await again.listPins({ limit: 1 }))[0]?.ended?.reason, "the repository was removed");
  });

  test("listBroughtVersions() answers which versions are since a deployment, and only new ones", async ({
    store,
  }) => {
    const workflows = { daily: { version: "v1" }, hourly: { version: "h1" } };
    await store.activateDeployment(activation(deployment("d1"), workflows));
    await store.activateDeployment(activation(deployment("d2"), { ...workflows, daily: { version: "v2" } }));
    assert.deepEqual(await store.listBroughtVersions(["d1", "d2", "d3"]), [
      { deploymentId: "d1", workflow: "daily", versionNumber: 1 },
      { deploymentId: "d2", workflow: "daily", versionNumber: 2 },
      { deploymentId: "d1", workflow: "hourly", versionNumber: 1 },
    ]);
  });

  test("listDeployments() says which are not in force any more: one is, for each environment", async ({
    store,
  }) => {
    for (const id of ["repo_1", "repo_2", "repo_3"])
      await store.saveRepository({ ...REPOSITORY, id, name: id });
    const activate = (id: string, changes: Partial<DeploymentRow>): Promise<void> =>
      store.activateDeployment(activation(deployment(id, changes), {}));
    await activate("first", {});
    await activate("staging", { environment: "staging", repositoryId: "repo_2" });
    await activate("second", {});
    await activate("renamed", { project: "growth" });
    await activate("other", { project: "other", repositoryId: "repo_3" });
    await store.recordDeployment(deployment("refused", { status: "refused" }));
    await store.removeRepository("repo_3");
    assert.deepEqual(
      (await store.listDeployments({ limit: 9 })).map(({ id, outdated }) => [id, outdated]),
      [
        ["refused", null],
        ["other", "removed"],
        ["renamed", null],
        ["second", "superseded"],
        ["staging", null],
        ["first", "superseded"],
      ],
    );
  });
}
