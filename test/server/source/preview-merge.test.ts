import assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { MergedTrees, MergePreview } from "#server/source/source.js";
import { startGitServer, type GitServer } from "./git-server.js";
import { createSourceWorld, type SourceWorld } from "./source-world.js";

const FILES = { "headwater.yaml": "project: growth\n", "a.sql": "select 1\n" };
const COUNT = 6;

describe("previews of merges", () => {
  let world: SourceWorld;
  let server: GitServer;
  let id: string;

  beforeEach(async () => {
    world = await createSourceWorld();
    server = await startGitServer(join(world.folder, "hosts"));
    await world.origin.commit(FILES);
    await world.source.addRepository({ url: `${server.url}/flows.git` });
    ({ id } = await world.row());
  });
  afterEach(async () => {
    await server.stop();
    await world.end();
  });

  it("are fetched together when many are asked for at once, and one that is gone takes none along", async () => {
    const heads: string[] = [];
    for (let number = 0; number < COUNT; number += 1) heads.push(await propose(number));
    await world.origin.git("update-ref", "-d", refOf(3), heads[3] ?? "");
    const before = server.requests();
    const previews = await Promise.allSettled(heads.map((head, number) => preview(number, head)));
    assert.deepEqual(
      previews.flatMap(({ status }, number) => (status === "rejected" ? [number] : [])),
      [3],
    );
    for (const [number, settled] of previews.entries()) {
      if (settled.status === "rejected") continue;
      assert.match(
        await readChange(settled.value ?? assert.fail("the head is gone")),
        new RegExp(`^select ${number}$`, "m"),
      );
    }
    // The first alone, the others together, which fails for the one, and each by itself.
    const asked = server.requests() - before;
    const moved: string[] = [];
    for (let number = 0; number < COUNT; number += 1) moved.push(await propose(number, "-- moved\n"));
    const again = server.requests();
    await Promise.all(moved.map((head, number) => preview(number, head)));
    const together = server.requests() - again;
    assert.ok(together * 2 < asked, `${together} requests, where each by itself took ${asked}`);
  });

  it("are refused together where the host is away, by one question", async () => {
    server.fail(503);
    const before = server.requests();
    const previews = await Promise.allSettled(
      Array.from({ length: COUNT }, (_, number) => preview(number, "0".repeat(40))),
    );
    assert.ok(previews.every(({ status }) => status === "rejected"));
    // The first alone perhaps, and all others.
    assert.ok(server.requests() - before <= 2, String(server.requests() - before));
    server.fail(null);
  });

  it("have the tree of the head where it comes from the branch, and else of the two", async () => {
    const ahead = await propose(1);
    const before = await merge(1, ahead);
    assert.match(await readChange(before), /^select 1$/m);
    await world.origin.commit({ ...FILES, "b.sql": "select 'of main'\n" });
    const merged = await merge(1, ahead);
    assert.notEqual(merged.base, before.base);
    assert.deepEqual((await readSides(merged)).after.files.paths, ["a.sql", "b.sql", "headwater.yaml"]);
    assert.equal(merged.headTree, before.headTree);
    // What the branch has already changes nothing.
    const main = (await world.origin.git("rev-parse", "main")).trim();
    await world.origin.git("update-ref", refOf(2), main);
    const same = await readSides(await merge(2, main));
    assert.equal(same.after.files.treeId, same.before.files.treeId);
  });

  async function merge(number: number, head: string): Promise<MergePreview> {
    return (await preview(number, head)) ?? assert.fail("the head is gone");
  }

  function preview(number: number, head: string): Promise<MergePreview | null> {
    return world.source.previewMerge(id, { head, ref: refOf(number), base: "main" });
  }

  /** A commit on top of the branch, of another query. */
  async function propose(number: number, more = ""): Promise<string> {
    await world.origin.git("update-ref", refOf(number), "main");
    const files = { ...FILES, "a.sql": `${more}select ${number}\n` };
    return world.origin.commit(files, { branch: branchOf(number) });
  }
});

function branchOf(number: number): string {
  return `proposed/${number}`;
}

function refOf(number: number): string {
  return `refs/heads/${branchOf(number)}`;
}

async function readSides({ read }: MergePreview): Promise<MergedTrees> {
  return read === null ? assert.fail("there is no merge") : read();
}

/** Of what is other in the query. */
async function readChange(preview: MergePreview): Promise<string> {
  const { after } = await readSides(preview);
  const contents = await after.readContents(["a.sql"], () => false);
  return Buffer.concat([...contents.values()]).toString();
}
