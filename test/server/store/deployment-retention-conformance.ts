import assert from "node:assert/strict";
import type { RepositoryRow, Store } from "#server/store/store.js";
import type { StoreFactory } from "./store-conformance.js";
import { activation, deployment, newRun, schedule } from "./store-rows.js";
import { testWith } from "./with-store.js";

const REPOSITORY: RepositoryRow = {
  id: "repo_1",
  name: "sales",
  url: "https://example.org/sales.git",
  branch: "main",
  createdAt: 500,
  headCommit: "c9",
  checkedAt: null,
  follows: "branch",
  declared: null,
  problem: null,
};

/** Which deployments go, and which commits are needed. */
export function describeDeploymentRetention(create: StoreFactory): void {
  const test = testWith(create);
  const names = async (store: Store): Promise<readonly string[]> =>
    (await store.listDeployments({ limit: 99 })).map(({ id, outdated }) => `${id} ${outdated ?? ""}`.trim());

  /** Number `n` is of commit `cn`, and ended at `n`. */
  async function deploy(store: Store, n: number, status: "active" | "refused" = "active"): Promise<void> {
    const row = deployment(`d${n}`, { commit: `c${n}`, endedAt: n, status });
    if (status === "active") await store.activateDeployment(activation(row, { daily: { version: `v${n}` } }));
    else await store.recordDeployment(row);
  }

  test("pruneDeployments() forgets what is old and over, page by page, and keeps what others need", async ({
    store,
    reopen,
  }) => {
    await store.saveRepository(REPOSITORY);
    for (const n of [1, 2]) await deploy(store, n);
    await deploy(store, 3, "refused");
    await store.createRuns([newRun("run_1", { commit: "c2" })]);
    for (const n of [4, 5]) await deploy(store, n);
    for (const n of [6, 7]) await deploy(store, n, "refused");
    const again = await reopen();
    const pages: unknown[] = [];
    for (let after: number | null = 0; after !== null;) {
      const page = await again.pruneDeployments({ endedBefore: 100, after, limit: 2 });
      pages.push(page.pruned);
      after = page.next;
    }
    assert.deepEqual(pages, [1, 2, 1, 0]);
    assert.deepEqual(await names(again), ["d7", "d5", "d2 superseded"]);
    assert.equal(await again.findVersionAt({ ...newRun("x"), workflow: "daily" }, "c2"), "v2");
  });

  test("pruneDeployments() keeps what is young, what began a pin that holds, and each environment's", async ({
    store,
  }) => {
    await store.saveRepository(REPOSITORY);
    const staging = deployment("s1", {
      commit: "c1",
      endedAt: 1,
      environment: "staging",
      repositoryId: "repo_2",
    });
    await store.activateDeployment(activation(staging, { daily: {} }));
    const pinned = activation(deployment("d1", { commit: "c1", endedAt: 1 }), { daily: {} });
    await store.activateDeployment({ ...pinned, pin: { by: "ann", reason: "x", at: 1 } });
    for (const n of [2, 3, 4]) await deploy(store, n, "refused");
    await store.pruneDeployments({ endedBefore: 3, limit: 9 });
    assert.deepEqual(await names(store), ["d4", "d3", "d1", "s1 removed"]);
  });

  test("what a schedule of before a push has still to fire needs its commit, and the deployment of that", async ({
    store,
  }) => {
    await store.saveRepository(REPOSITORY);
    const before = { daily: { version: "v1", schedules: [schedule("s1", 2)] } };
    await store.activateDeployment(activation(deployment("d1", { commit: "c1", endedAt: 1 }), before));
    for (const n of [3, 4]) await deploy(store, n);
    const prune = async (): Promise<readonly string[]> => {
      await store.pruneDeployments({ endedBefore: 100, limit: 9 });
      return names(store);
    };
    assert.deepEqual(await prune(), ["d4", "d1 superseded"]);
    const [due] = await store.listDueSchedules(5, 9);
    const over = { pastKey: due?.past?.key ?? null, nextSlotAt: null, nextAt: null };
    const fire = { scheduleId: "s1", expectedSlotAt: 2, versionId: "v1", ...over };
    assert.deepEqual(await store.filterNeededCommits("repo_1", ["c1", "c3"]), ["c1"]);
    await store.fireSchedules([{ ...fire, runs: [] }]);
    assert.deepEqual(await prune(), ["d4"]);
    assert.deepEqual(await store.filterNeededCommits("repo_1", ["c1"]), []);
  });

  test("filterNeededCommits() answers those of runs, deployments, environments, pins and heads", async ({
    store,
  }) => {
    await store.saveRepository(REPOSITORY);
    await deploy(store, 1);
    await deploy(store, 2, "refused");
    await store.createRuns([
      newRun("run_1", { commit: "c3" }),
      newRun("run_2", { commit: "c4", repositoryId: "repo_2" }),
    ]);
    const asked = ["c1", "c2", "c3", "c4", "c5", "c9"];
    assert.deepEqual(await store.filterNeededCommits("repo_1", asked), ["c1", "c2", "c3", "c9"]);
    assert.deepEqual(await store.filterNeededCommits("repo_2", asked), ["c4"]);
    await store.saveRepository({
      ...REPOSITORY,
      id: "repo_2.env_1",
      name: "sales@staging",
      headCommit: "c5",
    });
    assert.deepEqual(await store.filterNeededCommits("repo_2", asked), ["c4", "c5"]);
    assert.deepEqual(await store.filterNeededCommits("repo_1", []), []);
  });
}
