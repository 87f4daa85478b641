import assert from "node:assert/strict";
import type { Store } from "#server/store/store.js";
import type { StoreFactory } from "./store-conformance.js";
import { newRun } from "./store-rows.js";
import { testWith } from "./with-store.js";

/** How runs stood. */
export function describeRunSnapshots(create: StoreFactory): void {
  const test = testWith(create);

  test("readSnapshot() answers the last one that is whole, in order of its pages", async ({
    store,
    reopen,
  }) => {
    await store.createRuns([newRun("a"), newRun("b")]);
    assert.equal(await store.readSnapshot("a"), null);
    await save(store, 5, ["one", "two"]);
    await save(store, 9, ["three"]);
    await page(store, { seq: 12, page: 0, text: "begun", isLast: false });
    const again = await reopen();
    assert.deepEqual(await again.readSnapshot("a"), { seq: 9, pages: ["three"] });
    assert.equal(await again.readSnapshot("b"), null);
    assert.equal(await again.readSnapshot("nobody"), null);
  });

  test("saveSnapshotPage() begins anew with the first page: nothing of another try is left", async ({
    store,
  }) => {
    await store.createRuns([newRun("a")]);
    await page(store, { seq: 5, page: 0, text: "old", isLast: false });
    await page(store, { seq: 5, page: 1, text: "older", isLast: false });
    assert.equal(await store.readSnapshot("a"), null);
    await save(store, 5, ["new"]);
    assert.deepEqual(await store.readSnapshot("a"), { seq: 5, pages: ["new"] });
  });

  test("saveSnapshotPage() writes nothing for a run that is not there", async ({ store }) => {
    await save(store, 5, ["one"]);
    assert.equal(await store.readSnapshot("a"), null);
  });
}

async function save(store: Store, seq: number, texts: readonly string[]): Promise<void> {
  for (const [number, text] of texts.entries())
    await page(store, { seq, page: number, text, isLast: number === texts.length - 1 });
}

function page(
  store: Store,
  part: { readonly seq: number; readonly page: number; readonly text: string; readonly isLast: boolean },
): Promise<void> {
  return store.saveSnapshotPage({ runId: "a", ...part });
}
