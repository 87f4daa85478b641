import assert from "node:assert/strict";
import type { Store } from "#server/store/store.js";
import { backfill } from "./backfill-conformance.js";
import type { StoreFactory } from "./store-conformance.js";
import {
  activation,
  advance,
  deployment,
  KEY,
  newRun,
  schedule,
  SUCCEEDED,
  type WorkflowSketch,
} from "./store-rows.js";
import { testWith } from "./with-store.js";

/** Which versions go. */
export function describeVersionRetention(create: StoreFactory): void {
  const test = testWith(create);
  const left = async (store: Store): Promise<readonly string[]> =>
    (await store.listVersions(KEY)).map(({ id, number }) => `${id} ${number}`);

  /** Number `n` is of commit `cn`, has version `vn`, and ended at `n`. */
  async function deploy(store: Store, n: number, sketch: WorkflowSketch = {}): Promise<void> {
    const row = deployment(`d${n}`, { commit: `c${n}`, endedAt: n });
    await store.activateDeployment(activation(row, { daily: { version: `v${n}`, ...sketch } }));
  }

  async function prune(store: Store, endedBefore: number): Promise<readonly number[]> {
    await store.pruneDeployments({ endedBefore, limit: 99 });
    const pages: number[] = [];
    for (let after: number | null = 0; after !== null;) {
      const page = await store.pruneVersions({ endedBefore, after, limit: 2 });
      pages.push(page.pruned);
      after = page.next;
    }
    return pages;
  }

  test("pruneVersions() forgets, page by page, what was live long ago, and keeps what a run has and what counts on", async ({
    store,
  }) => {
    for (const n of [1, 2, 3, 4]) await deploy(store, n);
    await store.createRuns([newRun("run_1", { commit: "c2", versionId: "v2" })]);
    // What is live now is an old version.
    await deploy(store, 5, { version: "v1" });
    assert.deepEqual(await prune(store, 100), [0, 1, 0]);
    assert.deepEqual(await left(store), ["v4 4", "v2 2", "v1 1"]);
    await deploy(store, 6, { version: "v3" });
    assert.deepEqual(await left(store), ["v3 5", "v4 4", "v2 2", "v1 1"]);
    assert.equal(await store.findVersionAt(KEY, "c2"), "v2");
  });

  test("pruneVersions() keeps what was live lately, however old it is, and what is live elsewhere", async ({
    store,
  }) => {
    const staging = deployment("s1", {
      commit: "c1",
      endedAt: 1,
      environment: "staging",
      repositoryId: "repo_2",
    });
    await store.activateDeployment(activation(staging, { daily: { version: "v1" } }));
    for (const n of [1, 2, 3]) await deploy(store, n);
    await deploy(store, 50);
    assert.deepEqual(await prune(store, 10), [1, 0, 0]);
    // Version 3 was live until 50; 2 until 3.
    assert.deepEqual(await left(store), ["v50 4", "v3 3", "v1 1"]);
  });

  test("pruneVersions() keeps what a slot that has come waits for, until it is fired or buried", async ({
    store,
  }) => {
    await deploy(store, 1, { schedules: [schedule("s1", 2)] });
    for (const n of [3, 4]) await deploy(store, n, { schedules: [] });
    assert.deepEqual(await prune(store, 100), [1, 0]);
    assert.deepEqual(await left(store), ["v4 3", "v1 1"]);
    await store.activateDeployment(activation(deployment("d5", { endedAt: 5 }), {}, ["daily"]));
    await prune(store, 100);
    assert.deepEqual(await left(store), ["v4 3"]);
  });

  test("pruneVersions() keeps what a backfill makes runs of, until that has ended", async ({ store }) => {
    for (const n of [1, 2, 3]) await deploy(store, n);
    const binding = { kind: "commit", versionId: "v2", commit: "c2", repositoryId: "repo_1" } as const;
    await store.createBackfill(backfill("bf_1", { binding, status: "paused" }));
    await prune(store, 100);
    assert.deepEqual(await left(store), ["v3 3", "v2 2"]);
    await store.changeBackfill("bf_1", { from: ["paused"], to: "canceled", actor: null, at: 9 });
    await prune(store, 100);
    assert.deepEqual(await left(store), ["v3 3"]);
  });

  test("pruneVersions() keeps what a backfill has of a branch, until it has ended and its runs are forgotten", async ({
    store,
  }) => {
    await deploy(store, 1);
    const made = activation(deployment("none", { endedAt: 1 }), { daily: { version: "vb" } });
    const binding = {
      kind: "branch",
      branch: "fixes",
      versionId: "vb",
      commit: "b",
      repositoryId: "repo_1",
    } as const;
    const versions = made.workflows.map(({ version }) => version);
    await store.createBackfill(backfill("bf_1", { binding, status: "paused" }), versions);
    assert.equal(await store.findVersionAt(KEY, "b"), "vb");
    await deploy(store, 3);
    await prune(store, 100);
    assert.deepEqual(await left(store), ["v3 3", "vb 2"]);
    assert.deepEqual(await store.filterNeededCommits("repo_1", ["a", "b"]), ["b"]);
    await store.createRuns([newRun("run_1", { commit: "b", versionId: "vb" }), newRun("newest")]);
    await store.changeBackfill("bf_1", { from: ["paused"], to: "canceled", actor: null, at: 9 });
    await prune(store, 100);
    assert.deepEqual(await left(store), ["v3 3", "vb 2"]);
    for (const [id, endedAt] of [
      ["run_1", 5000],
      ["newest", 50_000],
    ] as const)
      await store.advanceRun(advance(id, 1, { run: { ...SUCCEEDED, status: "failed", endedAt } }));
    await store.pruneRuns({ endedBefore: 10_000, limit: 9 });
    await store.sweepPrunedRuns();
    await prune(store, 100);
    assert.deepEqual(await left(store), ["v3 3"]);
    assert.equal(await store.findVersionAt(KEY, "b"), null);
  });
}
