import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { beforeEach, describe, it } from "mocha";
import { ServiceError } from "#server/errors.js";
import { GitError, GitStopped, silence } from "#server/source/git/git-error.js";
import { HostPlaces, type Question } from "#server/source/host-places.js";
import { until } from "#test/until.js";
import { ManualClock } from "../manual-clock.js";
import { startGitServer } from "./git-server.js";
import { scratchFolder, ScratchRepository } from "./scratch-repository.js";
import { createSourceWorld } from "./source-world.js";

describe("places by host", () => {
  let clock: ManualClock;
  let places: HostPlaces;
  let inside: string[];
  let ends: Map<string, (error: Error | null) => void>;
  beforeEach(() => {
    clock = new ManualClock(0);
    places = new HostPlaces(clock);
    inside = [];
    ends = new Map();
  });

  const ask = (name: string, isAsked = false, more: Partial<Question> = {}): Promise<void> =>
    places.pass(
      { host: name.slice(0, 1), isAsked, ...more },
      () =>
        new Promise((resolve, reject) => {
          inside.push(name);
          ends.set(name, (error) => (error === null ? resolve() : reject(error)));
        }),
    );
  const askMany = (host: string, count: number): readonly Promise<void>[] =>
    Array.from({ length: count }, (_, index) => ask(`${host}${index}`));
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };

  it("lets what is asked wait for its own host only, and go before polls of that", async () => {
    for (const host of ["a", "b"]) void Promise.allSettled(askMany(host, 9));
    void ask("c0");
    void ask("c1", true);
    void ask("a!", true);
    await settled();
    const polls = ["a", "b"].flatMap((host) => [0, 1, 2, 3, 4, 5].map((number) => `${host}${number}`));
    assert.deepEqual(inside, [...polls, "c0", "c1", "a!"]);
    ends.get("a0")?.(null);
    await settled();
    assert.deepEqual(inside.slice(15), [], "two places are for what is asked");
    ends.get("a1")?.(null);
    await settled();
    assert.deepEqual(inside.slice(15), ["a6"]);
  });

  it("takes back the places of questions that take long, of so many of a host", async () => {
    for (let number = 0; number < 8; number += 1) void ask(`a${number}`, true);
    void ask("a8", true);
    await settled();
    assert.equal(inside.length, 8);
    clock.advance(5000);
    await settled();
    assert.deepEqual(inside.slice(8), ["a8"]);
    for (let number = 0; number < 8; number += 1) void ask(`a!${number}`, true);
    clock.advance(5000);
    await settled();
    assert.equal(inside.length, 16, "eight go on without a place, and as many have one");
    ends.get("a0")?.(null);
    clock.advance(5000);
    await settled();
    assert.equal(inside.length, 16, "who has kept a place keeps it to its end");
    ends.get("a8")?.(null);
    await settled();
    assert.equal(inside.length, 17);
  });

  it("gives first clones two of their own, which nobody else waits for, and lets one go that is not wanted", async () => {
    const stop = new AbortController();
    const unwanted = assert.rejects(
      ask("a0", true, { isClone: true, stop: AbortSignal.abort() }),
      GitStopped,
    );
    for (const name of ["a1", "a2", "a3"]) void ask(name, true, { isClone: true });
    const removed = assert.rejects(ask("a4", true, { isClone: true, stop: stop.signal }), GitStopped);
    void ask("a5", true);
    void ask("a6");
    await settled();
    assert.deepEqual(inside, ["a1", "a2", "a5", "a6"]);
    stop.abort();
    await Promise.all([unwanted, removed]);
    clock.advance(60_000);
    ends.get("a1")?.(new GitStopped(["fetch"]));
    await settled();
    assert.deepEqual(inside.slice(4), ["a3"]);
  });

  it("takes no host for silent because somebody ended what went on there, it refused, or it has answered others", async () => {
    for (const error of [new GitStopped(["fetch"]), refused(), silent()]) {
      inside = [];
      void ask("a0", true, { isClone: true });
      const failing = assert.rejects(ask("a1", true));
      const answered = ask("a2");
      await settled();
      clock.advance(6000);
      if (isSilentError(error)) ends.get("a2")?.(null);
      if (isSilentError(error)) await answered;
      ends.get("a1")?.(error);
      await failing;
      void ask("a3", true);
      void ask("a4");
      await settled();
      assert.deepEqual(inside, ["a0", "a1", "a2", "a3", "a4"]);
      for (const end of ends.values()) end(null);
      await settled();
    }
  });

  it("gives a host that kept somebody waiting and then failed one place, until it answers", async () => {
    const all = Promise.allSettled(askMany("a", 18));
    await settled();
    clock.advance(20_000);
    await settled();
    assert.equal(inside.length, 12, "six of them took long, and kept nobody waiting");
    for (const name of inside) ends.get(name)?.(silent());
    await settled();
    assert.deepEqual(inside.slice(12), ["a12"]);
    ends.get("a12")?.(refused());
    await settled();
    assert.deepEqual(inside.slice(13), ["a13"]);
    const asked = [ask("a!", true), ask("a!!", true)];
    await settled();
    assert.deepEqual(inside.slice(14), ["a!"], "one that is asked goes beside it");
    ends.get("a13")?.(null);
    await settled();
    assert.deepEqual(inside.slice(15), ["a!!", "a14", "a15", "a16", "a17"]);
    for (const name of inside.slice(14)) ends.get(name)?.(null);
    await Promise.all(asked);
    assert.equal((await all).filter(({ status }) => status === "fulfilled").length, 5);
  });

  it("brings a push live while more first clones of the same host go on than it has places", async () => {
    const scratch = await scratchFolder();
    const gate = slowFetches(scratch.folder);
    const world = await createSourceWorld({
      source: { environment: { ...process.env, PATH: gate.path } },
    });
    try {
      await world.origin.commit({ "headwater.yaml": "project: growth\n" });
      await world.source.addRepository({ url: world.origin.folder });
      const adding: Promise<unknown>[] = [];
      for (let number = 0; number < 10; number += 1) {
        const repository = await ScratchRepository.create(join(scratch.folder, "slow", `r${number}.git`));
        await repository.commit({ "headwater.yaml": `project: slow${number}\n` });
        adding.push(world.source.addRepository({ url: repository.folder }));
      }
      await until("as many clones as may go", () => gate.count() === 2);
      const commit = await world.origin.commit({ "headwater.yaml": "project: other\n" });
      await world.source.hint(world.origin.folder);
      await world.until(() => world.announced.at(-1) === commit);
      assert.equal(gate.count(), 2);
      gate.open();
      await Promise.all(adding);
      assert.equal(gate.count(), 10);
    } finally {
      gate.open();
      await world.end();
      await scratch.remove();
    }
  });

  it("brings a push of one host live while another one accepts connections and never answers", async () => {
    const scratch = await scratchFolder();
    const dead = await startDeadHost();
    const repositories = Array.from({ length: 24 }, (_, index) => ({
      name: `r${index}`,
      url: `${dead.url}/r${index}`,
    }));
    const repositoriesFile = join(scratch.folder, "repositories.json");
    await writeFile(repositoriesFile, JSON.stringify({ repositories }));
    const world = await createSourceWorld({ source: { repositoriesFile } });
    const server = await startGitServer(join(world.folder, "hosts"));
    try {
      await dead.reached;
      await world.origin.commit({ "headwater.yaml": "project: growth\n" });
      const url = `${server.url}/flows.git`;
      await world.source.addRepository({ url });
      const commit = await world.origin.commit({ "headwater.yaml": "project: other\n" });
      await world.source.hint(url);
      await world.until(() => world.announced.at(-1) === commit);
      const polled = await world.origin.commit({ "headwater.yaml": "project: third\n" });
      world.passPollInterval();
      await world.until(() => world.announced.at(-1) === polled);
    } finally {
      dead.stop();
      await server.stop();
      await world.end();
      await scratch.remove();
    }
  });
});

function silent(): ServiceError {
  return unreachable(silence(20_000));
}

function refused(): ServiceError {
  return unreachable("Connection refused");
}

function isSilentError(error: Error): boolean {
  return error.cause instanceof GitError && error.cause.output === silence(20_000);
}

function unreachable(said: string): ServiceError {
  return new ServiceError("repository-unreachable", said, { cause: new GitError(["ls-remote"], said) });
}

/** A git that fetches from within the folder `slow` only when it is opened. */
function slowFetches(folder: string): { readonly path: string; count(): number; open(): void } {
  const path = process.env["PATH"] ?? "";
  const [bin, opened, fetched] = [join(folder, "bin"), join(folder, "open"), join(folder, "fetched")];
  const script = `#!/bin/sh
PATH='${path}'
case " $* " in
  *" fetch "*"/slow/"*)
    echo here >> '${fetched}'
    while [ ! -e '${opened}' ]; do sleep 0.05; done
    ;;
esac
exec git "$@"
`;
  mkdirSync(bin);
  writeFileSync(join(bin, "git"), script, { mode: 0o755 });
  return {
    path: `${bin}:${path}`,
    count: () => (existsSync(fetched) ? readFileSync(fetched, "utf8").split("\n").length - 1 : 0),
    open: () => writeFileSync(opened, ""),
  };
}

/** `reached` when as many wait for it as one host may have. */
async function startDeadHost(): Promise<{
  readonly url: string;
  readonly reached: Promise<void>;
  stop(): void;
}> {
  const sockets: Socket[] = [];
  let tell = (): void => undefined;
  const reached = new Promise<void>((resolve) => (tell = resolve));
  const server: Server = createServer((socket) => {
    sockets.push(socket.on("error", () => undefined));
    if (sockets.length === 6) tell();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    reached,
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
