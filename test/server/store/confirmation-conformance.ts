import assert from "node:assert/strict";
import type { Activation } from "#server/store/store.js";
import type { StoreFactory } from "./store-conformance.js";
import { activation, deployment } from "./store-rows.js";
import { testWith } from "./with-store.js";

/** What somebody has said of commits that were held. */
export function describeConfirmations(create: StoreFactory): void {
  const test = testWith(create);
  const active = (id: string, commit: string, changes: Partial<Activation> = {}): Activation => ({
    ...activation(deployment(id, { commit }), {}),
    ...changes,
  });

  test("confirmCommit() keeps the first word about a commit, which its deployments show", async ({
    store,
    reopen,
  }) => {
    const ann = { by: "ann", reason: "meant", at: 5 };
    const of = { repositoryId: "repo_1", commit: "c0ffee" };
    await store.recordDeployment(deployment("d1", { status: "held" }));
    assert.equal(await store.findConfirmation("repo_1", "c0ffee"), null);
    assert.equal(await store.confirmCommit({ ...of, ...ann }), true);
    assert.equal(await store.confirmCommit({ ...of, by: "bob", reason: "", at: 6 }), false);
    const again = await reopen();
    assert.deepEqual(await again.findConfirmation("repo_1", "c0ffee"), { ...of, ...ann });
    assert.equal(await again.findConfirmation("repo_2", "c0ffee"), null);
    const confirmed = async (named: string) =>
      (await again.listDeployments({ named, limit: 9 })).map((row) => row.confirmed);
    assert.deepEqual(await confirmed("c0ff"), [ann]);
    assert.deepEqual(await confirmed("d1"), [ann]);
    assert.deepEqual(await confirmed("c0ffed"), []);
  });

  test("a commit to which the branch comes back is confirmed anew, and the first word stays with what it let pass", async ({
    store,
  }) => {
    const held = (id: string, commit: string): Promise<void> =>
      store.recordDeployment(deployment(id, { commit, status: "held" }));
    const [ann, bob] = [
      { by: "ann", reason: "meant", at: 5 },
      { by: "bob", reason: "again", at: 5 },
    ];
    await store.activateDeployment(active("d1", "one"));
    await held("d2", "two");
    await store.confirmCommit({ repositoryId: "repo_1", commit: "two", ...ann });
    await store.activateDeployment(active("d3", "two"));
    await store.activateDeployment(active("d4", "one"));
    await held("d5", "two");
    assert.equal(await store.findConfirmation("repo_1", "two"), null);
    const shown = async () =>
      (await store.listDeployments({ limit: 9 })).map(({ id, confirmed }) => [id, confirmed?.by ?? null]);
    const first = [
      ["d4", null],
      ["d3", "ann"],
      ["d2", "ann"],
      ["d1", null],
    ];
    assert.deepEqual(await shown(), [["d5", null], ...first]);
    assert.equal(await store.confirmCommit({ repositoryId: "repo_1", commit: "two", ...bob }), true);
    await store.activateDeployment(active("d6", "two"));
    assert.deepEqual(await shown(), [["d6", "bob"], ["d5", "bob"], ...first]);
  });

  test("a word counts while the branch stays: also over a pin, and where something else is declared of what is live", async ({
    store,
  }) => {
    const word = { repositoryId: "repo_1", commit: "two", by: "ann", reason: "meant", at: 5 };
    await store.confirmCommit(word);
    await store.activateDeployment(active("d1", "one", { isDeclaredAnew: true }));
    await store.activateDeployment(active("d2", "one", { pin: { by: "bob", reason: "broken", at: 6 } }));
    await store.activateDeployment(active("d3", "two"));
    assert.deepEqual(await store.findConfirmation("repo_1", "two"), word);
    await store.activateDeployment(active("d4", "one"));
    assert.equal(await store.findConfirmation("repo_1", "two"), null);
  });
}
