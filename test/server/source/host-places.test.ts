import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { beforeEach, describe, it } from "mocha";
import { HostPlaces } from "#server/source/host-places.js";
import { ManualClock } from "../manual-clock.js";
import { startGitServer } from "./git-server.js";
import { scratchFolder } from "./scratch-repository.js";
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

  const ask = (name: string, isAsked = false): Promise<void> =>
    places.pass(
      { host: name.slice(0, 1), isAsked },
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
    assert.deepEqual(inside, ["a0", "a1", "a2", "a3", "a4", "a5", "b0", "b1", "c1", "a!"]);
    ends.get("c1")?.(null);
    ends.get("a0")?.(null);
    await settled();
    assert.equal(inside.length, 11, "one place of a poll is free, and one poll has it");
  });

  it("gives a host that kept somebody waiting and then failed one place, until it answers", async () => {
    const all = Promise.allSettled(askMany("a", 12));
    await settled();
    clock.advance(20_000);
    for (const name of inside) ends.get(name)?.(new RangeError(name));
    await settled();
    assert.deepEqual(inside.slice(6), ["a6"]);
    ends.get("a6")?.(new RangeError("at once"));
    await settled();
    assert.deepEqual(inside.slice(6), ["a6", "a7"]);
    ends.get("a7")?.(null);
    await settled();
    assert.deepEqual(inside.slice(8), ["a8", "a9", "a10", "a11"]);
    for (const name of inside.slice(8)) ends.get(name)?.(null);
    assert.equal((await all).filter(({ status }) => status === "fulfilled").length, 5);
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
