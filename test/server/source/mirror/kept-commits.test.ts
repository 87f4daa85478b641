import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { isKept, keepCommit, KEPT } from "#server/source/mirror/kept-commits.js";
import { scratchFolder, ScratchRepository } from "../scratch-repository.js";

describe("keepCommit()", () => {
  it("makes a ref as git does, also twice and over what a kill has left", async () => {
    const scratch = await scratchFolder();
    try {
      const repository = await ScratchRepository.create(join(scratch.folder, "r.git"));
      const commit = await repository.commit({ "a.sql": "1" });
      assert.equal(await isKept(repository.folder, commit), false);
      await keepCommit(repository.folder, commit);
      await keepCommit(repository.folder, commit);
      assert.equal(await isKept(repository.folder, commit), true);
      assert.equal(
        await repository.git("for-each-ref", "--format=%(objectname) %(refname)", KEPT),
        `${commit} ${KEPT}/${commit}`,
      );
      await writeFile(join(repository.folder, KEPT, commit), `${"0".repeat(40)}\n`);
      assert.equal(await isKept(repository.folder, commit), false, "what has that name is another commit");
      await keepCommit(repository.folder, commit);
      assert.equal(await isKept(repository.folder, commit), true);
      await repository.git("update-ref", "-d", "refs/heads/main");
      await repository.git("gc", "--quiet", "--prune=now");
      assert.equal(await repository.git("cat-file", "-t", commit), "commit");
    } finally {
      await scratch.remove();
    }
  });
});
