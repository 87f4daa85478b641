import assert from "node:assert/strict";
import type { SourceEventRow } from "#server/store/source-events.js";
import type { RepositoryRow, Store } from "#server/store/store.js";
import type { StoreFactory } from "./store-conformance.js";
import { deployment } from "./store-rows.js";
import { testWith } from "./with-store.js";

const REPOSITORY: RepositoryRow = {
  id: "repo_1",
  name: "sales",
  url: "https://example.org/sales.git",
  branch: "main",
  follows: "branch",
  declared: null,
  createdAt: 500,
  headCommit: "c9",
  checkedAt: null,
  problem: null,
};

function event(id: string, changes: Partial<SourceEventRow> = {}): SourceEventRow {
  return {
    id,
    repositoryId: "repo_1",
    branch: null,
    kind: "unreachable",
    detail: "no route",
    lostCommits: [],
    since: 10,
    until: 20,
    ...changes,
  };
}

/** What happened to repositories, beside their deployments. */
export function describeSourceEvents(create: StoreFactory): void {
  const test = testWith(create);
  const ids = async (
    store: Store,
    query: Partial<Parameters<Store["listSourceEvents"]>[0]> = {},
  ): Promise<readonly string[]> =>
    (await store.listSourceEvents({ after: 0, limit: 9, ...query })).map(({ id }) => id);

  test("saveCheckedTimes() writes when many were checked at once, and nothing else", async ({
    store,
    reopen,
  }) => {
    const ads = { ...REPOSITORY, id: "repo_2", name: "ads", checkedAt: 600, problem: "cannot be reached" };
    const web = { ...REPOSITORY, id: "repo_3", name: "web" };
    for (const row of [REPOSITORY, ads, web]) await store.saveRepository(row);
    await store.saveCheckedTimes(new Map(Object.entries({ repo_1: 700, repo_2: 800, gone: 900 })));
    assert.deepEqual(await (await reopen()).listRepositories(), [
      { ...ads, checkedAt: 800 },
      { ...REPOSITORY, checkedAt: 700 },
      web,
    ]);
  });

  test("saveSourceEvent() adds an event and ends it; both are there after a restart", async ({
    store,
    reopen,
  }) => {
    await store.saveRepository(REPOSITORY);
    await store.saveSourceEvent(event("a", { until: null }));
    await store.saveSourceEvent(event("b", { until: null, since: 11 }));
    await store.saveSourceEvent(event("a", { detail: "no name", lostCommits: ["c1"], until: 30 }));
    const again = await reopen();
    assert.deepEqual(await again.listOpenSourceEvents(), [event("b", { until: null, since: 11 })]);
    assert.deepEqual(await again.listSourceEvents({ after: 0, limit: 9 }), [
      { ...event("b", { until: null, since: 11 }), repository: "sales" },
      { ...event("a", { detail: "no name", lostCommits: ["c1"], until: 30 }), repository: "sales" },
    ]);
  });

  test("listSourceEvents() has those that went on at a time, of a repository, a project or an environment", async ({
    store,
  }) => {
    await store.recordDeployment(deployment("d1"));
    await store.recordDeployment(deployment("d2", { environment: "staging", branch: "develop" }));
    await store.saveSourceEvent(event("old", { until: 12 }));
    await store.saveSourceEvent(event("going", { since: 5, until: null }));
    await store.saveSourceEvent(event("develop", { branch: "develop", since: 30, until: 40 }));
    await store.saveSourceEvent(event("other", { repositoryId: "repo_2", since: 50, until: 60 }));
    assert.deepEqual(await ids(store), ["other", "develop", "old", "going"]);
    assert.deepEqual(await ids(store, { limit: 2 }), ["other", "develop"]);
    assert.deepEqual(await ids(store, { after: 13 }), ["other", "develop", "going"]);
    assert.deepEqual(await ids(store, { repositoryId: "repo_2" }), ["other"]);
    assert.deepEqual(await ids(store, { project: "sales" }), ["develop", "old", "going"]);
    assert.deepEqual(await ids(store, { environment: "production" }), ["old", "going"]);
    assert.deepEqual(await ids(store, { project: "sales", environment: "staging" }), [
      "develop",
      "old",
      "going",
    ]);
    assert.deepEqual(await ids(store, { project: "none" }), []);
  });

  test("listSourceEvents() has what is the matter with all of a repository for the branches that it declares, too", async ({
    store,
  }) => {
    const declared = { by: "repo_1", environment: "staging", triggers: true, backfillsFrom: [] };
    await store.saveRepository(REPOSITORY);
    await store.saveRepository({
      ...REPOSITORY,
      id: "repo_2",
      name: "sales@staging",
      branch: "develop",
      declared,
    });
    await store.recordDeployment(
      deployment("d1", { repositoryId: "repo_2", environment: "staging", branch: "develop" }),
    );
    await store.saveSourceEvent(event("all"));
    await store.saveSourceEvent(event("main", { branch: "main" }));
    assert.deepEqual(await ids(store, { environment: "staging" }), ["all"]);
    assert.deepEqual(await ids(store, { environment: "production" }), []);
  });

  test("removeRepository() ends what goes on of it, and of no other", async ({ store }) => {
    await store.saveRepository(REPOSITORY);
    await store.saveSourceEvent(event("a", { until: null }));
    await store.saveSourceEvent(event("b", { repositoryId: "repo_2", until: null }));
    await store.removeRepository("repo_1");
    assert.deepEqual(
      (await store.listOpenSourceEvents()).map(({ id }) => id),
      ["b"],
    );
  });

  test("pruneSourceEvents() forgets what is over and old, page by page", async ({ store }) => {
    for (const n of [1, 2, 3, 4, 5]) {
      await store.saveSourceEvent(event(`e${n}`, { since: n, until: n === 3 ? null : n * 10 }));
    }
    const pages: unknown[] = [];
    for (let after: number | null = 0; after !== null;) {
      const page = await store.pruneSourceEvents({ endedBefore: 50, after, limit: 2 });
      pages.push(page.pruned);
      after = page.next;
    }
    assert.deepEqual(pages, [2, 1, 0]);
    assert.deepEqual(await ids(store), ["e5", "e3"]);
  });

  test("saveSourceEvent() keeps a thousand of a repository, and those that go on", async ({ store }) => {
    await store.saveSourceEvent(event("going", { until: null }));
    await store.saveSourceEvent(event("other", { repositoryId: "repo_2" }));
    const many = Array.from({ length: 1001 }, (_none, n) => event(`e${n + 1}`, { since: 100 + n }));
    await Promise.all(many.map((each) => store.saveSourceEvent(each)));
    const kept = await store.listSourceEvents({ after: 0, limit: 2000 });
    assert.equal(kept.length, 1002);
    assert.deepEqual(
      kept.slice(-3).map(({ id }) => id),
      ["e2", "other", "going"],
    );
  });
}
