import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { NO_ACCESS, type GitAccess } from "#server/source/git/git-environment.js";
import { createGitCredentials } from "#server/source/remote/git-credentials.js";
import { createHeadsCheck, type HeadsCheckOptions } from "#server/source/remote/heads-check.js";
import { parseLsRefs } from "#server/source/remote/ls-refs.js";
import { ManualClock } from "../../manual-clock.js";
import { startGitServer, type GitServer } from "../git-server.js";
import { scratchFolder, ScratchRepository, writeInto } from "../scratch-repository.js";

const OTHER = "0".repeat(40);

describe("whether branches have their heads still", () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let origin: ScratchRepository;
  let server: GitServer;
  let url: string;
  let main: string;
  let develop: string;

  before(async () => {
    scratch = await scratchFolder();
    origin = await ScratchRepository.create(join(scratch.folder, "flows.git"));
    main = await origin.commit({ "a.sql": "1" });
    develop = await origin.commit({ "a.sql": "2" }, { branch: "develop" });
    // It begins like one that is asked for.
    await origin.commit({ "a.sql": "3" }, { branch: "main-2" });
    server = await startGitServer(scratch.folder);
    url = `${server.url}/flows.git`;
  });
  after(async () => {
    await server.stop();
    await scratch.remove();
  });

  it("is told by one request, and by a file of refs", async () => {
    const hasHeads = check();
    const before = server.requests();
    for (const place of [url, `${url}/`, origin.folder, `file://${origin.folder}`]) {
      assert.equal(await hasHeads(place, heads(main, develop)), true, place);
      assert.equal(await hasHeads(place, heads(main, OTHER)), false, place);
      assert.equal(await hasHeads(place, new Map([["gone", main]])), false, place);
    }
    assert.equal(server.requests() - before, 6);
  });

  it("is told of a repository with files by its refs alone, whatever the files are called", async () => {
    const folder = join(scratch.folder, "with-files");
    const git = (...args: readonly string[]): Promise<string> => origin.git("-C", folder, ...args);
    await origin.git("clone", "-q", origin.folder, folder);
    await git("update-ref", "refs/heads/main", main);
    const only = new Map([["main", main]]);
    assert.equal(await check()(folder, only), true);
    // What was true before, as a file of the repository.
    await writeInto(folder, "refs/heads/main", `${main}\n`);
    await git("update-ref", "refs/heads/main", develop);
    assert.equal(await check()(folder, only), false);
    await git("update-ref", "refs/heads/main", main);
    await git("pack-refs", "--all");
    assert.equal(await check()(folder, only), false);
    // A folder of refs elsewhere, and what is no file.
    await writeInto(scratch.folder, "linked/.git", `gitdir: ${join(folder, ".git")}\n`);
    await writeInto(scratch.folder, "linked/refs/heads/main", `${main}\n`);
    await writeInto(scratch.folder, "linked/HEAD", "ref: refs/heads/main\n");
    assert.equal(await check()(join(scratch.folder, "linked"), only), false);
    const pipe = join(folder, ".git", "refs", "heads", "pipe");
    execFileSync("mkfifo", [pipe]);
    assert.equal(await check()(folder, new Map([["pipe", main]])), false);
  });

  it("is told to nobody who may not read, and to who may", async () => {
    const login = { username: "headwater", password: "laß mich ein, 1 €" };
    const { find } = createGitCredentials({ hostLogin: async () => login });
    server.demand({ name: login.username, password: login.password });
    try {
      assert.equal(await check()(url, heads(main, develop)), false);
      assert.equal(await check({ accessTo: find })(url, heads(main, develop)), true);
    } finally {
      server.demand(null);
    }
  });

  it("is left to git where a host leads elsewhere, fails, or cannot be reached as git does", async () => {
    server.redirect("http://127.0.0.1:1");
    const refused = check();
    assert.equal(await refused(url, heads(main, develop)), false);
    const asked = server.requests();
    assert.equal(await refused(url, heads(main, develop)), false);
    assert.equal(server.requests(), asked);
    server.redirect(null);
    server.fail(503);
    assert.equal(await check()(url, heads(main, develop)), false);
    server.fail(null);
    const before = server.requests();
    assert.equal(
      await check({ environment: { http_proxy: "http://proxy" } })(url, heads(main, develop)),
      false,
    );
    assert.equal(await check()("git@127.0.0.1:flows.git", heads(main, develop)), false);
    assert.equal(server.requests(), before);
  });

  it("is not asked again for a while of a host that does not speak so", async () => {
    for (const answer of ["<html>", "00", "zzzz", "0004", `${"f".repeat(4)}x`, "x".repeat(2 * 1024 * 1024)]) {
      let asked = 0;
      const deaf = createServer((_request, response) => {
        asked += 1;
        response.end(answer);
      });
      await new Promise<void>((resolve) => deaf.listen(0, "127.0.0.1", resolve));
      const { port } = deaf.address() as AddressInfo;
      const clock = new ManualClock(0);
      const hasHeads = check({ clock });
      const place = `http://127.0.0.1:${port}/flows.git`;
      assert.equal(await hasHeads(place, heads(main, develop)), false, answer.slice(0, 10));
      assert.equal(await hasHeads(place, heads(main, develop)), false);
      assert.equal(asked, 1);
      clock.advance(11 * 60_000);
      assert.equal(await hasHeads(place, heads(main, develop)), false);
      assert.equal(asked, 2);
      deaf.closeAllConnections();
      deaf.close();
    }
  });

  it("takes an answer by its packets, and no other", () => {
    const line = `${main} refs/heads/main\n`;
    const packet = (text: string): string => (text.length + 4).toString(16).padStart(4, "0") + text;
    assert.deepEqual(parseLsRefs(Buffer.from(`${packet(line)}0000`)), new Map([["main", main]]));
    for (const text of ["", packet(line), `${packet("unborn HEAD\n")}0000`, `${packet(`ERR no\n`)}0000`])
      assert.equal(parseLsRefs(Buffer.from(text)), null, text);
  });
});

function heads(main: string, develop: string): ReadonlyMap<string, string> {
  return new Map([
    ["main", main],
    ["develop", develop],
  ]);
}

function check(options: Partial<HeadsCheckOptions> = {}): ReturnType<typeof createHeadsCheck> {
  return createHeadsCheck({
    accessTo: async (): Promise<GitAccess> => NO_ACCESS,
    environment: {},
    clock: new ManualClock(0),
    stop: new AbortController().signal,
    ...options,
  });
}
