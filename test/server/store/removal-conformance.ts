import assert from "node:assert/strict";
import type { RemovalConfirmationRow } from "#server/store/removal-confirmations.js";
import type { StoreFactory } from "./store-conformance.js";
import { testWith } from "./with-store.js";

/** What people let pull requests remove. */
export function describeRemovalConfirmations(create: StoreFactory): void {
  const test = testWith(create);

  test("listRemovalConfirmations() answers what counts for a branch", async ({ store, reopen }) => {
    const rows = [
      confirmation({ change: 1, at: 3 }),
      confirmation({ change: 2, at: 2, workflows: ["p/a", "p/b"] }),
      confirmation({ change: 3, branch: "develop" }),
      confirmation({ change: 1, repositoryId: "other" }),
      confirmation({ change: 4, at: 0 }),
    ];
    for (const row of rows) await store.confirmRemoval(row);
    const again = await reopen();
    assert.deepEqual(
      await again.listRemovalConfirmations({ repositoryId: "repo", branch: "main", since: 1 }),
      [rows[1], rows[0]],
    );
    const all = await again.listRemovalConfirmations({ repositoryId: "repo", since: 0 });
    assert.deepEqual(
      all.map(({ change }) => change),
      [4, 3, 2, 1],
    );
  });

  test("confirmRemoval() takes the place of what was said of an earlier head", async ({ store }) => {
    await store.confirmRemoval(confirmation({ change: 1 }));
    const later = confirmation({ change: 1, head: "b".repeat(40), by: "bob", at: 9 });
    await store.confirmRemoval(later);
    assert.deepEqual(await store.listRemovalConfirmations({ repositoryId: "repo", since: 0 }), [later]);
  });

  test("listClaims() answers what each open pull request takes now", async ({ store, reopen }) => {
    const claims = {
      project: "p",
      takesProject: false,
      adds: ["a"],
      emits: [{ workflow: "a", signal: "s", rivals: ["b"] }],
    };
    const place = {
      repositoryId: "repo",
      repository: "flows",
      branch: "main",
      base: "c1",
      head: "c2",
      updatedAt: 2,
    };
    const row = { ...place, change: 1, isFork: true, claims };
    await store.saveClaims({ ...row, claims: { ...claims, adds: [] }, updatedAt: 1 });
    await store.saveClaims(row);
    await store.saveClaims({ ...row, change: 2, isFork: false });
    const again = await reopen();
    assert.deepEqual(await again.listClaims(), [row, { ...row, change: 2, isFork: false }]);
    await again.removeClaims({ repositoryId: "repo", change: 2 });
    await again.removeClaims({ repositoryId: "repo", change: 9 });
    assert.deepEqual(await again.listClaims(), [row]);
    await again.saveClaims({ ...row, base: null });
    const compared = { repositoryId: "repo", change: 1, base: "c3" };
    await again.saveComparedBase({ ...compared, head: "older" });
    assert.deepEqual(await again.listClaims(), [{ ...row, base: null }]);
    await again.saveComparedBase({ ...compared, head: "c2" });
    assert.deepEqual(await again.listClaims(), [{ ...row, base: "c3" }]);
  });

  test("endRemovalConfirmation() forgets one of them", async ({ store }) => {
    for (const change of [1, 2]) await store.confirmRemoval(confirmation({ change }));
    await store.endRemovalConfirmation({ repositoryId: "repo", change: 1 });
    await store.endRemovalConfirmation({ repositoryId: "repo", change: 77 });
    const left = await store.listRemovalConfirmations({ repositoryId: "repo", since: 0 });
    assert.deepEqual(
      left.map(({ change }) => change),
      [2],
    );
  });
}

function confirmation(other: Partial<RemovalConfirmationRow>): RemovalConfirmationRow {
  const said = { by: "ann", reason: "seen", at: 1 };
  return {
    repositoryId: "repo",
    branch: "main",
    change: 1,
    head: "a".repeat(40),
    workflows: ["p/a"],
    ...said,
    ...other,
  };
}
