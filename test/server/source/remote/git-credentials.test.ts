import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { startGitServer, type GitServer } from "../git-server.js";
import { createSourceWorld, type SourceWorld } from "../source-world.js";

const PASSWORD = "hunter2-of-the-robot";
const FILES = { "headwater.yaml": "project: growth\n" };

describe("credentials of Git hosts", () => {
  let world: SourceWorld;
  let server: GitServer;
  let file: string;

  beforeEach(async () => {
    const options = { gitCredentialsFile: "", environment: process.env };
    world = await createSourceWorld({ source: options });
    file = join(world.folder, "credentials.json");
    Object.assign(options, {
      gitCredentialsFile: file,
      environment: { ...process.env, PATH: `${join(world.folder, "bin")}:${process.env["PATH"]}` },
    });
    server = await startGitServer(join(world.folder, "hosts"));
    server.demand({ name: "robot", password: PASSWORD });
    write({ [server.url]: { username: "robot", password: PASSWORD } });
    await world.restart();
  });
  afterEach(async () => {
    await server.stop();
    await world.end();
  });

  function write(credentials: unknown, mode = 0o600): void {
    writeFileSync(file, typeof credentials === "string" ? credentials : JSON.stringify(credentials), {
      mode,
    });
  }

  it("open a repository over HTTP, and stand in no command line, no URL, no log and no error", async () => {
    await world.origin.commit(FILES);
    const { id } = await world.source.addRepository({ url: `${server.url}/flows.git` });
    const second = await world.origin.commit({ ...FILES, "b.sql": "2" });
    const held = server.hold();
    const syncing = world.source.syncRepository(id);
    await held.reached;
    const lines = commandLines();
    held.release();
    await syncing;
    assert.equal(world.announced.at(-1), second);
    assert.ok(lines.some((line) => line.includes("fetch")));
    assert.ok(!lines.some((line) => line.includes(PASSWORD)));
    server.demand({ name: "robot", password: "another one by now" });
    await assert.rejects(world.source.syncRepository(id));
    const refused = (await world.row()).problem ?? "";
    assert.match(refused, /access is denied: .*HEADWATER_GIT_CREDENTIALS_FILE/);
    const told = JSON.stringify([refused, world.warnings, await world.row()]);
    assert.ok(!told.includes(PASSWORD));
    assert.ok(
      !readFileSync(join(world.dataFolder, "mirrors", `${id}.git`, "config"), "utf8").includes("robot"),
    );
  });

  it("that were renewed count from the next fetch on, and the longest beginning wins", async () => {
    await world.origin.commit(FILES);
    write({ [server.url]: { password: "of nobody" } });
    const url = `${server.url}/flows.git`;
    await assert.rejects(world.source.addRepository({ url }), { code: "repository-unreachable" });
    write({
      [server.url]: { password: "of nobody" },
      [`${server.url}/flo`]: { password: "of another repository" },
      [`${server.url}/flows`]: { username: "robot", password: PASSWORD },
    });
    assert.equal((await world.source.addRepository({ url })).problem, null);
  });

  it("are not told to where their host redirects", async () => {
    const other = await startGitServer(join(world.folder, "hosts"));
    try {
      other.demand({ name: "robot", password: PASSWORD });
      server.redirect(other.url);
      await world.origin.commit(FILES);
      const adding = world.source.addRepository({ url: `${server.url}/flows.git` });
      await assert.rejects(adding, { code: "repository-unreachable" });
      assert.deepEqual(new Set(other.proofs), new Set([undefined]));
    } finally {
      await other.stop();
    }
  });

  it("name the key of an ssh host, which then sees no other", async () => {
    await world.origin.commit(FILES);
    const bin = join(world.folder, "bin");
    mkdirSync(bin);
    // Stands for the other side: it notes how it was called, and does there what it is told.
    writeFileSync(
      join(bin, "ssh"),
      `#!/bin/sh\necho "$@" >> '${world.folder}/calls'\nfor last; do :; done\ncd '${world.folder}/hosts' && eval "$last"\n`,
      { mode: 0o755 },
    );
    write({ "git@git.example.com:": { ssh_key: "/keys/it's ours", known_hosts: "/keys/hosts" } });
    await world.restart();
    const { problem } = await world.source.addRepository({ url: "git@git.example.com:flows.git" });
    assert.equal(problem, null);
    const calls = readFileSync(join(world.folder, "calls"), "utf8");
    assert.match(
      calls,
      /^-oBatchMode=yes .*-oIdentitiesOnly=yes -i \/keys\/it's ours -oUserKnownHostsFile=\/keys\/hosts .*git@git\.example\.com/,
    );
  });

  const broken: readonly (readonly [what: string, content: unknown, mode: number, message: RegExp])[] = [
    ["others may read", {}, 0o644, /others than its owner may use it \(mode 644\); run chmod 600/],
    ["is no JSON", `{ "x": ${PASSWORD}`, 0o600, /it is not valid JSON$/],
    [
      "has a key too many",
      { "https://x": { password: PASSWORD, a: 1 } },
      0o600,
      /see what stands under "https:\/\/x"$/,
    ],
    ["has a line break", { "https://x": { password: `${PASSWORD}\nhost=evil` } }, 0o600, /under "https:/],
  ];
  for (const [what, content, mode, message] of broken) {
    it(`of a file that ${what} are not used, and it says so without a word of them`, async () => {
      write(content, mode);
      chmodSync(file, mode);
      const adding = world.source.addRepository({ url: `${server.url}/flows.git` });
      await assert.rejects(adding, (error: Error) => {
        assert.match(error.message, message);
        assert.ok(!error.message.includes(PASSWORD));
        return true;
      });
    });
  }
});

/** Of every process of the machine; empty where there is no /proc. */
function commandLines(): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return ""; // It has ended.
      }
    });
}
