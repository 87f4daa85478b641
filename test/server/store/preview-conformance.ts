import assert from "node:assert/strict";
import type { VersionRow } from "#server/store/store.js";
import type { PreviewRow } from "#server/store/previews.js";
import type { StoreFactory } from "./store-conformance.js";
import { activation, deployment } from "./store-rows.js";
import { testWith } from "./with-store.js";

/** What pull requests run before they are merged. */
export function describePreviews(create: StoreFactory): void {
  const test = testWith(create);

  test("savePreview() keeps the latest of a pull request, and the versions of each commit", async ({
    store,
    reopen,
  }) => {
    await store.savePreview(preview({ commit: "c1", runId: "run_1" }), [version("v1", { workflow: "w" })]);
    const later = preview({ commit: "c2", runId: "run_2" });
    await store.savePreview(later, [version("v2", { workflow: "w" }), version("v3", { workflow: "inner" })]);
    const again = await reopen();
    assert.deepEqual(await again.listPreviews(), [later]);
    const key = { project: "p", environment: "preview-7", workflow: "w" };
    assert.equal(await again.findVersionAt(key, "c1"), "v1");
    assert.equal(await again.findVersionAt(key, "c2"), "v2");
    assert.equal(await again.findVersionAt({ ...key, workflow: "inner" }, "c2"), "v3");
    assert.equal(await again.findVersionAt({ ...key, environment: "production" }, "c2"), null);
    assert.equal((await again.findVersion("v2"))?.workflow, "w");
  });

  test("endPreview() and removePreview() leave those of others alone", async ({ store }) => {
    for (const change of [7, 8])
      await store.savePreview(preview({ change, environment: `preview-${change}` }), [version(`v${change}`)]);
    const of = { repositoryId: "repo", change: 7 };
    await store.endPreview(of);
    await store.endPreview({ repositoryId: "repo", change: 77 });
    assert.deepEqual(
      (await store.listPreviews()).map(({ isEnding }) => isEnding),
      [true, false],
    );
    await store.removePreview(of);
    assert.deepEqual(
      (await store.listPreviews()).map(({ change }) => change),
      [8],
    );
  });
}

function preview(other: Partial<PreviewRow>): PreviewRow {
  const where = { project: "p", environment: "preview-7", commit: "c1", workflow: "w" };
  const row = { repositoryId: "repo", change: 7, runId: "run_1", place: { owner: "acme" }, isEnding: false };
  return { ...row, ...where, ...other };
}

function version(id: string, { workflow }: { readonly workflow: string } = { workflow: "w" }): VersionRow {
  const row = { id, project: "p preview-7", workflow, number: 0, fingerprint: id, commit: "c", createdAt: 1 };
  const { workflows } = activation({ ...deployment("dep", {}), project: "p" }, { [workflow]: {} });
  return { ...row, definition: workflows[0]!.version.definition };
}
