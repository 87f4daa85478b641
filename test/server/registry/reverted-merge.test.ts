import assert from "node:assert/strict";
import { it } from "mocha";
import type { Registry } from "#server/registry/registry.js";
import { createSourceWorld } from "../source/source-world.js";
import { registryOver } from "./registry-over.js";

const workflow = (id: string, step = "one"): string => `workflow: ${id}\nsteps: { ${step}: { noop: {} } }\n`;
const FILES = {
  "headwater.yaml": "project: growth\n",
  "a.workflow.yaml": workflow("a"),
  "b.workflow.yaml": workflow("b"),
};
const CHANGED = { ...FILES, "a.workflow.yaml": workflow("a", "two"), "c.workflow.yaml": workflow("c") };

it("the revert of a merge gives the versions of before back, and the revert of that those of the merge", async () => {
  const world = await createSourceWorld({
    onCommit: async (commit) => void (await registry.deploy(commit)),
  });
  const registry: Registry = registryOver(world);
  const live = async (): Promise<readonly string[]> =>
    (await world.store.listWorkflows({ project: "growth" })).map(
      ({ workflow: id, versionNumber }) => `${id} ${versionNumber}`,
    );
  const deployed = async () => (await world.store.listDeployments({ limit: 1 }))[0];
  try {
    const before = await world.origin.commit(FILES);
    await world.source.addRepository({ url: world.origin.folder });
    await world.origin.git("branch", "change", "main");
    const change = await world.origin.commit(CHANGED, { branch: "change" });
    const merge = ["commit-tree", `${change}^{tree}`, "-p", before, "-p", change, "-m", "Merge"];
    await world.origin.git("update-ref", "refs/heads/main", await world.origin.git(...merge));
    await world.source.syncRepository("flows");
    assert.deepEqual(await live(), ["a 2", "b 1", "c 1"]);

    const reverted = await world.origin.commit(FILES);
    await world.source.syncRepository("flows");
    const { commit, rewritten, reason } = (await deployed()) ?? assert.fail("nothing is deployed");
    assert.deepEqual(
      [commit, rewritten, reason],
      [reverted, null, "2 workflows: 1 changed, 1 removed, 1 unchanged"],
    );
    assert.deepEqual(await live(), ["a 1", "b 1"]);

    await world.origin.commit(CHANGED);
    await world.source.syncRepository("flows");
    assert.deepEqual(await live(), ["a 2", "b 1", "c 1"]);
  } finally {
    await world.end();
  }
});
