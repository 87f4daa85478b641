import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { it } from "mocha";
import { until } from "#test/until.js";
import { createSourceWorld } from "../source-world.js";

/** What does not compress takes git seconds to unpack. */
const LARGE_BYTES = 32 * 1024 * 1024;
const SILENCE_MS = 120_000;

it("a push of few and large objects, over which git is silent for too long, is fetched once more as a pack", async () => {
  const world = await createSourceWorld();
  try {
    await world.origin.git("config", "core.compression", "0");
    await world.origin.commit({ "headwater.yaml": "project: growth\n" });
    const { id } = await world.source.addRepository({ url: world.origin.folder });
    const mirror = join(world.dataFolder, "mirrors", `${id}.git`);
    const pushed = await world.origin.commit({ large: randomBytes(LARGE_BYTES) });
    const synced = world.source.syncRepository(id);
    await until("git unpacks the large one", async () => {
      const names = await readdir(join(mirror, "objects"), { recursive: true });
      return names.some((name) => name.includes("tmp_obj_")) || null;
    });
    world.clock.advance(SILENCE_MS);
    const { headCommit, problem } = await synced;
    assert.deepEqual([headCommit, problem], [pushed, null]);
    assert.deepEqual(world.announced.at(-1), pushed);
    const objects = await world.origin.git("--git-dir", mirror, "count-objects", "-v");
    assert.match(objects, /^packs: 2$/m);
  } finally {
    await world.end();
  }
});
