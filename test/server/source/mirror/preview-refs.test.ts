import assert from "node:assert/strict";
import { utimes } from "node:fs/promises";
import { join } from "node:path";
import { it } from "mocha";
import { forgetPreviews, previewRef } from "#server/source/mirror/preview-refs.js";
import { scratchFolder, ScratchRepository } from "../scratch-repository.js";

it("forgetPreviews() forgets what was fetched for a preview that nobody has asked for in a week", async () => {
  const scratch = await scratchFolder();
  try {
    const repository = await ScratchRepository.create(join(scratch.folder, "r.git"));
    const commit = await repository.commit({ "a.sql": "1" });
    const [old, young] = [previewRef("head", "refs/pull/7/head"), previewRef("base", "a/b")];
    // As an earlier version has named them.
    const nested = "refs/headwater/previews/head/refs/pull/8/head";
    for (const ref of [old, young, nested, previewRef("base", "a")])
      await repository.git("update-ref", ref, commit);
    for (const ref of [old, nested]) await utimes(join(repository.folder, ref), 1, 1);
    assert.equal(await forgetPreviews(repository.folder, Date.now()), 2);
    const left = await repository.git("for-each-ref", "--format=%(refname)", "refs/headwater/previews");
    assert.deepEqual(left.split("\n").sort(), [young, previewRef("base", "a")].sort());
    assert.equal(await forgetPreviews(join(scratch.folder, "nowhere"), 0), 0);
  } finally {
    await scratch.remove();
  }
});
