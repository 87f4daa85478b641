import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { createGit, type Git } from "#server/source/git/git.js";
import { until } from "../../../until.js";
import { ManualClock } from "../../manual-clock.js";

describe("git", () => {
  let silentHost: Server;
  let url: string;
  let stop: AbortController;
  let clock: ManualClock;
  let git: Git;

  beforeEach(async () => {
    silentHost = createServer().listen(0, "127.0.0.1");
    await once(silentHost, "listening");
    url = `http://127.0.0.1:${(silentHost.address() as AddressInfo).port}/flows`;
    stop = new AbortController();
    clock = new ManualClock(0);
    git = createGit({ folder: tmpdir(), clock, environment: process.env, stop: stop.signal });
  });
  afterEach(() => void silentHost.close());

  it("gives up a host that says nothing, its helper included", async () => {
    const asked = nextSocket(silentHost);
    const running = git.run(["ls-remote", "--", url], { silenceMs: 20_000 });
    const socket = await asked;
    const hungUp = once(socket, "close");
    socket.resume();
    clock.advance(20_000);
    await assert.rejects(running, { code: "git-failed", message: /timed out: silent for 20 s/ });
    await hungUp;
  });

  it("ends at once when the service stops, its helper included, and begins nothing more", async () => {
    const asked = nextSocket(silentHost);
    const running = git.run(["ls-remote", "--", url]);
    const socket = await asked;
    const hungUp = once(socket, "close");
    socket.resume();
    stop.abort();
    await assert.rejects(running, { code: "git-stopped" });
    await hungUp;
    await assert.rejects(git.run(["--version"]), { code: "git-stopped" });
    await assert.rejects(git.open(["cat-file", "--batch"], { gitFolder: "/nonexistent" }), {
      code: "git-stopped",
    });
  });

  it("kills after five seconds what ignores that it is to end, such as a program for credentials", async () => {
    const folder = mkdtempSync(join(tmpdir(), "headwater-git-"));
    const stubborn = `#!/bin/sh\ntrap '' TERM\necho here > ${folder}/here\nwhile :; do sleep 0.05; done\n`;
    writeFileSync(join(folder, "git"), stubborn, { mode: 0o755 });
    const environment = { PATH: `${folder}:${process.env["PATH"]}` };
    const running = createGit({ folder: tmpdir(), clock, environment, stop: stop.signal }).run(["fetch"]);
    const ended = assert.rejects(running, { code: "git-stopped" });
    await until("it runs", () => existsSync(join(folder, "here")));
    stop.abort();
    clock.advance(5000);
    await ended;
    assert.equal(clock.pending, 0);
    rmSync(folder, { recursive: true });
  });

  it("fails with the words of git, and leaves no timer behind", async () => {
    await assert.rejects(git.run(["rev-parse", "HEAD"], { gitFolder: "/nonexistent" }), {
      message: /not a git repository/,
    });
    assert.equal(clock.pending, 0);
  });

  it("does not run what a URL or an option tells it to", async () => {
    await assert.rejects(git.run(["ls-remote", "--", "ext::sh -c 'echo pwned >&2'"]), {
      message: /not allowed/,
    });
    await assert.rejects(
      git.run(["ls-remote", "--", "--upload-pack=echo pwned >&2"]),
      (error: Error) => !/^pwned/m.test(error.message),
    );
  });
});

function nextSocket(server: Server): Promise<Socket> {
  return new Promise((resolve) => server.once("connection", resolve));
}
