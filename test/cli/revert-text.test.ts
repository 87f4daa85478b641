import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { it } from "mocha";
import { revertOf } from "#cli/revert-text.js";
import { GIT_ENVIRONMENT } from "../git-environment.js";
import { scratchFolder, ScratchRepository } from "../server/source/scratch-repository.js";

it("the commands of pin --as-revert make one commit with the files of the pinned one, in a real clone", async () => {
  const { folder, remove } = await scratchFolder();
  const origin = await ScratchRepository.create(join(folder, "flows.git"));
  const commit = await origin.commit({ "a.sql": "one", "b.sql": "two" });
  const head = await origin.commit({ "a.sql": "three", "deep/c.sql": "four" });
  await origin.git("clone", "--quiet", origin.folder, join(folder, "clone"));
  const pin = {
    project: "growth",
    environment: "staging",
    repositoryId: "repo_1",
    commit,
    by: "ann",
    reason: "it's broken; $(touch pwned) `touch pwned`\n\u001b[2J",
    at: 0,
    ended: null,
  };
  const commands = revertOf(pin, { url: origin.folder, branch: "main" });
  execFileSync("sh", ["-e", "-c", commands.join("\n")], {
    cwd: join(folder, "clone"),
    env: GIT_ENVIRONMENT,
    stdio: "pipe",
  });
  const branch = `back-to-${commit.slice(0, 12)}`;
  assert.equal(
    await origin.git("rev-parse", `${branch}^{tree}`),
    await origin.git("rev-parse", `${commit}^{tree}`),
  );
  assert.equal(await origin.git("rev-parse", `${branch}^`), head);
  assert.match(
    await origin.git("log", "-1", "--format=%B", branch),
    /^Take main back to [0-9a-f]{12}: it's broken; \$\(touch pwned\) `touch pwned`\n\nstaging of growth is pinned to it by ann since 1970-01-01/,
  );
  assert.match(commands.at(-1) ?? "", /headwater unpin growth --environment staging$/);
  await remove();
});
