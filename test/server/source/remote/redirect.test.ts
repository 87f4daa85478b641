import assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { findRedirect } from "#server/source/remote/redirect.js";
import { startGitServer, type GitServer } from "../git-server.js";
import { ScratchRepository } from "../scratch-repository.js";
import { createSourceWorld, type SourceWorld } from "../source-world.js";

describe("a repository that was renamed at its host", () => {
  let world: SourceWorld;
  let server: GitServer;
  let renamed: ScratchRepository;

  beforeEach(async () => {
    world = await createSourceWorld();
    server = await startGitServer(join(world.folder, "hosts"));
    await world.origin.commit({ "headwater.yaml": "project: growth\n" });
    renamed = await ScratchRepository.create(join(world.folder, "hosts", "streams.git"));
    await renamed.git("fetch", "--quiet", world.origin.folder, "main:main");
  });
  afterEach(async () => {
    await server.stop();
    await world.end();
  });

  it("is found by hooks with either address, also after a restart, until the old one is a repository again", async () => {
    const { id } = await world.source.addRepository({ url: `${server.url}/flows.git` });
    assert.equal(await world.source.hint(`${server.url}/streams`), 0);
    server.rename("flows.git", "streams.git");
    world.passPollInterval();
    await world.until(() => world.source.redirectOf(id) !== null);
    assert.equal(world.source.redirectOf(id), `${server.url}/streams.git`);
    assert.match(String(world.warnings), /sends on to another address .*streams\.git/);
    await world.restart();
    await world.until(() => world.source.redirectOf(id) !== null);

    const pushed = await renamed.commit({ "headwater.yaml": "project: growth\n", "a.sql": "1" });
    assert.equal(await world.source.hint(`${server.url}/streams`, "refs/heads/other"), 0);
    assert.equal(await world.source.hint(`${server.url}/streams`, "refs/heads/main"), 1);
    await world.until(() => world.announced.includes(pushed));
    assert.equal(await world.source.hint(`${server.url}/flows`), 1);

    server.rename("flows.git", "flows.git");
    await world.source.syncRepository(id).catch(() => undefined);
    world.passPollInterval();
    await world.until(() => world.source.redirectOf(id) === null);
    assert.equal(await world.source.hint(`${server.url}/streams`), 0);
  });

  it("has nothing to tell any more once it is followed where it is", async () => {
    server.rename("flows.git", "streams.git");
    const { id, name } = await world.source.addRepository({ url: `${server.url}/flows.git` });
    await world.until(() => world.source.redirectOf(id) !== null);
    await world.source.changeRepository(name, { url: `${server.url}/streams.git` });
    assert.equal(world.source.redirectOf(id), null);
    assert.equal(await world.source.hint(`${server.url}/streams`), 1);
    assert.equal(await world.source.hint(`${server.url}/flows`), 0);
    await world.source.removeRepository(name);
    assert.equal(await world.source.hint(`${server.url}/streams`), 0);
  });

  it("is not meant by hooks of another host to which it is sent on, and that is told", async () => {
    const other = await startGitServer(join(world.folder, "hosts"));
    try {
      const { id } = await world.source.addRepository({ url: `${server.url}/flows.git` });
      server.redirect(other.url);
      world.passPollInterval();
      await world.until(() => world.source.redirectOf(id) !== null);
      // The address is another one by its host alone.
      assert.equal(world.source.redirectOf(id), `${other.url}/flows.git`);
      assert.equal(await world.source.hint(`${other.url}/flows.git`), 0);
      assert.equal(await world.source.hint(`${server.url}/flows.git`), 1);
    } finally {
      await other.stop();
    }
  });
});

describe("findRedirect()", () => {
  const URL = "https://git.example.com/team/flows.git";
  const gitlab = `remote: \nremote: Project 'team/flows' was moved to 'team/streams'.\nremote: \nremote: Please update your Git remote:\nremote: \nremote:   git remote set-url origin git@git.example.com:team/streams.git\nremote: \n`;
  const table: readonly (readonly [said: string, found: string | null])[] = [
    ["", null],
    [
      "warning: redirecting to https://git.example.com/team/streams/\n",
      "https://git.example.com/team/streams",
    ],
    ["something else\nwarning: redirecting to https://h/x.git/\nand more", "https://h/x.git"],
    [gitlab, "git@git.example.com:team/streams.git"],
    // The same repository, as GitLab has it with its ending.
    ["warning: redirecting to https://git.example.com/Team/flows/\n", null],
    // What nobody could register.
    ["warning: redirecting to ext::sh\n", null],
    ["warning: redirecting to http://git.example.com/streams.git/\n", null],
    ["warning: redirecting to https://a:b@h/x.git/\n", null],
    [`warning: redirecting to https://h/${"x".repeat(3000)}\n`, null],
  ];
  for (const [said, found] of table)
    it(`finds ${found ?? "none"} in ${JSON.stringify(said.slice(0, 60))}`, () =>
      assert.equal(findRedirect(URL, said), found));
});
