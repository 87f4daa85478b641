import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { systemClock } from "#server/clock.js";
import { createGit } from "#server/source/git/git.js";
import { GitStopped } from "#server/source/git/git-error.js";
import { ForkFetches } from "#server/source/mirror/fork-fetches.js";
import { ForkObjects } from "#server/source/mirror/fork-objects.js";
import { createMirrorCaches } from "#server/source/mirror/mirror-caches.js";
import { startGitServer, type GitServer } from "../git-server.js";
import { scratchFolder, ScratchRepository } from "../scratch-repository.js";

describe("ForkFetches", () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let origin: ScratchRepository;
  let server: GitServer;
  let gitFolder: string;
  let objects: ForkObjects;
  let fetches: ForkFetches;

  beforeEach(async () => {
    scratch = await scratchFolder();
    origin = await ScratchRepository.create(join(scratch.folder, "hosts", "flows.git"));
    server = await startGitServer(dirname(origin.folder));
    gitFolder = join(scratch.folder, "mirror");
    await origin.commit({ main: "main" });
    await origin.git("clone", "--bare", "--quiet", ".", gitFolder);
    const { signal: stop } = new AbortController();
    const git = createGit({ folder: scratch.folder, environment: process.env, clock: systemClock, stop });
    const common = { clock: systemClock, rewrites: () => 0 };
    objects = new ForkObjects({ git, gitFolder, caches: createMirrorCaches(), ...common });
    const url = `${server.url}/flows.git`;
    fetches = new ForkFetches({ mirror: () => ({ git, url, gitFolder }), objects, ...common });
  });
  afterEach(async () => {
    await fetches.close();
    await objects.close();
    await server.stop();
    await scratch.remove();
  });

  it("close() ends what is under way and all that wait for it, and it may be used again", async () => {
    const heads = [await propose("a"), await propose("b"), await propose("c")];
    const flood = server.flood(heads[0]?.head ?? "");
    const ended = Promise.allSettled(heads.map((head) => fetches.fetch(head)));
    await flood.reached;
    await fetches.close();
    for (const one of await ended)
      assert.ok(one.status === "rejected" && one.reason instanceof GitStopped, JSON.stringify(one));
    assert.ok(!(await readdir(gitFolder)).includes("quarantine"));
    const [, second] = heads;
    await fetches.fetch(second ?? assert.fail());
    assert.ok(await objects.has([second?.head ?? ""]));
  });

  async function propose(branch: string): Promise<{ ref: string; head: string; base: string }> {
    const base = await origin.git("rev-parse", "main");
    await origin.git("branch", branch, base);
    const head = await origin.commit({ [branch]: branch }, { branch });
    return { ref: `refs/heads/${branch}`, head, base };
  }
});
