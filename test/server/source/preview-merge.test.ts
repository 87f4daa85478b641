import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { MergeRequest } from "#server/source/mirror/merge-preview.js";
import type { MergedTrees, MergePreview } from "#server/source/source.js";
import { until } from "#test/until.js";
import { startGitServer, type GitServer } from "./git-server.js";
import { createSourceWorld, type SourceWorld } from "./source-world.js";

const FILES = { "headwater.yaml": "project: growth\n", "a.sql": "select 1\n" };
const COUNT = 6;
const HEADS = "refs/headwater/previews/head";

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

  it("of forks are fetched together as well, and one that is gone takes none along", async () => {
    const heads: string[] = [];
    for (let number = 0; number < COUNT; number += 1) heads.push(await propose(number));
    await world.origin.git("update-ref", "-d", refOf(3), heads[3] ?? "");
    const held = server.holdObjects();
    const previews = heads.map((head, number) => preview(number, head, false));
    const settled = Promise.allSettled(previews);
    await held.reached;
    held.release();
    assert.deepEqual(
      (await settled).flatMap(({ status }, number) => (status === "rejected" ? [number] : [])),
      [3],
    );
    await assert.rejects(previews[3] ?? assert.fail(), { code: "repository-unreachable" });
    assert.ok(!(await readdir(mirrorFolder())).includes("quarantine"));
    assert.notEqual(await preview(5, heads[5] ?? "", false), null);
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

  it("of a fork are of what it has pushed, which never enters the mirror, and is fetched once", async () => {
    const heads = [await propose(1), await propose(2), await propose(3)];
    const [head = ""] = heads;
    const previews = await Promise.all(heads.map((each, index) => preview(index + 1, each, false)));
    for (const [index, one] of previews.entries())
      assert.match(
        await readChange(one ?? assert.fail("it is gone")),
        new RegExp(`^select ${index + 1}$`, "m"),
      );
    const mirror = ["--git-dir", mirrorFolder()];
    for (const each of heads)
      await assert.rejects(world.origin.git(...mirror, "cat-file", "-e", `${each}^{commit}`));
    assert.equal(await world.origin.git(...mirror, "for-each-ref", "--format=%(objectname)", HEADS), "");
    await world.origin.git(...mirror, "fsck", "--connectivity-only");
    const before = server.requests();
    const { base: known } = previews[0] ?? assert.fail("it is gone");
    assert.notEqual(await preview(1, head, { isTrusted: false, known }), null);
    assert.equal(server.requests(), before);
    await propose(1, "-- moved\n");
    assert.notEqual(await preview(1, head, false), null, "it was on the way to where the ref is now");
    assert.equal(await preview(1, "1".repeat(40), false), null);
    await world.source.tidy(new AbortController().signal);
    await until("it is thrown away", async () => !(await readdir(mirrorFolder())).includes("forks"));
    assert.equal((await preview(2, heads[1] ?? "", false))?.base, known);
  });

  it("of a fork at a host that is slow are no fault of it; what is too large is not tried again for an hour", async () => {
    const head = await propose(1);
    const flood = server.flood(head);
    const late = assert.rejects(preview(1, head, false), { code: "repository-unreachable" });
    await flood.reached;
    const { files } = await readBranch();
    assert.deepEqual(files.paths, ["a.sql", "headwater.yaml"]);
    world.clock.advance(60_000);
    await late;
    let ended = "";
    void preview(1, head, false).catch((error: unknown) => (ended = String(error)));
    flood.release();
    const hasEnded = (): boolean => {
      world.clock.advance(100);
      return ended !== "";
    };
    await until("it is ended", hasEnded);
    assert.match(ended, /has more than 100 MB/);
    assert.ok(!(await readdir(mirrorFolder())).includes("quarantine"));
    await assert.rejects(preview(1, head, false), { message: /has more than 100 MB/ });
    assert.equal(flood.asked(), 2);
    // Who has the same head in another pull request is not refused for what that ref has brought.
    await world.origin.git("update-ref", refOf(2), head);
    void preview(2, head, false).catch(() => undefined);
    await until("it is asked for", () => flood.asked() === 3);
  }).timeout(60_000);

  it("of forks end with the life in which they were asked for, those that wait as well, and the next one begins with nothing of that", async () => {
    const [head, waiting] = [await propose(1), await propose(2)];
    server.flood(head);
    const ended = Promise.allSettled([preview(1, head, false), preview(2, waiting, false)]);
    await until("it is being fetched", async () => (await readdir(mirrorFolder())).includes("quarantine"));
    await world.restart();
    assert.deepEqual(
      (await ended).map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.ok(!(await readdir(mirrorFolder())).includes("quarantine"));
    assert.match(
      await readChange((await preview(2, waiting, false)) ?? assert.fail("it is gone")),
      /^select 2$/m,
    );
  });

  it("of forks end when their repository is not followed any more", async () => {
    const [head, waiting] = [await propose(1), await propose(2)];
    const flood = server.flood(head);
    const ended = Promise.allSettled([preview(1, head, false), preview(2, waiting, false)]);
    await flood.reached;
    await world.source.removeRepository(id);
    assert.deepEqual(
      (await ended).map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.deepEqual(await readdir(join(world.dataFolder, "mirrors")), []);
  });

  it("of a fork are not read from what a service that was killed has left", async () => {
    const head = await propose(1);
    for (const folder of ["quarantine", "forks"]) {
      const packs = join(mirrorFolder(), folder, "pack");
      await mkdir(packs, { recursive: true });
      for (const end of ["pack", "idx", "keep"])
        await writeFile(join(packs, `pack-${"1".repeat(40)}.${end}`), "half of it");
    }
    assert.match(
      await readChange((await preview(1, head, false)) ?? assert.fail("it is gone")),
      /^select 1$/m,
    );
    const left = await readdir(mirrorFolder(), { recursive: true });
    assert.deepEqual(
      left.filter((path) => /quarantine|1{40}/.test(path)),
      [],
    );
  });

  it("of a fork are fetched again where the mirror was tidied meanwhile", async () => {
    const head = await propose(1);
    const held = server.holdObjects();
    const read = preview(1, head, false);
    await held.reached;
    await world.source.tidy(new AbortController().signal);
    const before = server.requests();
    held.release();
    assert.match(await readChange((await read) ?? assert.fail("it is gone")), /^select 1$/m);
    assert.ok(server.requests() > before, "nothing was asked for again");
  });

  /** What those are answered with who may write, and who wait for nobody. */
  async function readBranch(): Promise<MergedTrees["before"]> {
    const main = (await world.origin.git("rev-parse", "main")).trim();
    await world.origin.git("update-ref", refOf(9), main);
    return (await readSides(await merge(9, main))).before;
  }

  function mirrorFolder(): string {
    return join(world.dataFolder, "mirrors", `${id}.git`);
  }

  async function merge(number: number, head: string): Promise<MergePreview> {
    return (await preview(number, head)) ?? assert.fail("the head is gone");
  }

  function preview(
    number: number,
    head: string,
    how: boolean | Pick<MergeRequest, "isTrusted" | "known"> = true,
  ): Promise<MergePreview | null> {
    const more = typeof how === "boolean" ? { isTrusted: how } : how;
    return world.source.previewMerge(id, { head, ref: refOf(number), base: "main", ...more });
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
