import assert from "node:assert/strict";
import { join } from "node:path";
import { it } from "mocha";
import { createSourceWorld } from "../source-world.js";

it("what is fetched first is one pack, however few objects it has, and what comes after it is not", async () => {
  const world = await createSourceWorld();
  const countObjects = (id: string): Promise<string> =>
    world.origin.git("--git-dir", join(world.dataFolder, "mirrors", `${id}.git`), "count-objects", "-v");
  try {
    await world.origin.commit({ "headwater.yaml": "project: growth\n" });
    const { id } = await world.source.addRepository({ url: world.origin.folder });
    assert.match(await countObjects(id), /^count: 0$[^]*^packs: 1$/m);
    await world.origin.commit({ "headwater.yaml": "project: sales\n" });
    await world.source.syncRepository(id);
    assert.match(await countObjects(id), /^count: 3$[^]*^packs: 1$/m);
  } finally {
    await world.end();
  }
});
