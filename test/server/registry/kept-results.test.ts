import assert from "node:assert/strict";
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { SourceTree } from "@headwater/workflow";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Registry } from "#server/registry/registry.js";
import { until } from "../../until.js";
import { createSourceWorld, type SourceWorld } from "../source/source-world.js";
import { registryOver } from "./registry-over.js";

const FILES = 20;
const SAVE_MS = 10_000;
/** By a push: the one that it changes, and the one with a finding, for its lines. */
const READ = [0, 3].map((file) => `flows/w${file}.workflow.yaml`);

/** With what names others, and with a finding. */
function filesOf(edition = 0): Readonly<Record<string, string>> {
  const files = Array.from({ length: FILES }, (_, file): [string, string] => [
    `flows/w${file}.workflow.yaml`,
    `workflow: w${file}
triggers:
  - schedule: "0 ${file % 24} * * *"
    timezone: Europe/Berlin
${file === 1 ? "  - signal: told\n    match: { by: nobody }\n" : ""}
${file === 3 ? "params: { unused: { type: string, default: x } }\n" : ""}steps:
  one: { run: echo ${file === 0 ? edition : 0} }
  ${file === 2 ? 'tell: { needs: [one], noop: {}, emit: { signal: told, params: { by: w2, at: "${{ run.id }}" } } }' : "two: { noop: {} }"}
`,
  ]);
  return { "headwater.yaml": "project: growth\n", ...Object.fromEntries(files) };
}

describe("what was compiled before a start", () => {
  let world: SourceWorld;
  let registry: Registry;
  let build: string | null;
  /** Files that the compiler has looked into: those that are reused it only asks for by their ids. */
  let compiled: Set<string>;

  beforeEach(async () => {
    build = "this one";
    compiled = new Set();
    world = await createSourceWorld({ onCommit: async (commit) => void (await registry.deploy(commit)) });
    registry = begin();
    await world.origin.commit(filesOf());
    await world.source.addRepository({ url: world.origin.folder });
  });
  afterEach(() => world.end());

  /** One that remembers nothing but what is in the folder, as after a start. */
  function begin(): Registry {
    return registryOver(world, {
      readBuild: async () => build,
      readTree: async (id, commit) => watched(await world.source.readTree(id, commit)),
    });
  }

  function watched(tree: SourceTree): SourceTree {
    const read = (path: string): Uint8Array | undefined => {
      if (path.endsWith(".workflow.yaml")) compiled.add(path);
      return tree.read(path);
    };
    return { ...tree, read };
  }

  async function push(edition: number) {
    compiled.clear();
    await world.origin.commit(filesOf(edition));
    await world.source.syncRepository("flows");
    const [{ status, added, changed, removed, unchanged, diagnostics } = assert.fail()] =
      await world.store.listDeployments({ limit: 1 });
    assert.equal(status, "active");
    return { status, added, changed, removed, unchanged, diagnostics };
  }

  const keptFile = async (): Promise<string> => join(world.dataFolder, "compiled", (await world.row()).id);

  it("is not compiled again by the next push, whose outcome is what it would be", async () => {
    await registry.stop();
    registry = begin();
    const kept = await push(1);
    assert.deepEqual([...compiled], READ);
    build = null;
    registry = begin();
    const anew = await push(2);
    assert.equal(compiled.size, FILES);
    assert.equal(kept.diagnostics.length, 1);
    assert.deepEqual(anew, kept);
  });

  it("is written a moment after a push, so that it is there when the service is killed", async () => {
    await written(0);
    registry = begin();
    await push(1);
    assert.deepEqual([...compiled], READ);
    await written(statSync(await keptFile()).size);
    registry = begin();
    await push(1);
    assert.deepEqual([...compiled], READ.slice(1));
  });

  /** Waits until what was made is on disk, where there were so many bytes before. */
  async function written(bytes: number): Promise<void> {
    const file = await keptFile();
    world.clock.advance(SAVE_MS);
    await until("it is written", () => existsSync(file) && statSync(file).size > bytes);
  }

  it("is compiled again where its file is damaged, cut off, or of another build, and comes out the same", async () => {
    await registry.stop();
    const file = await keptFile();
    const good = readFileSync(file);
    const damaged = Buffer.from(good);
    damaged.writeUInt8(damaged.readUInt8(100) ^ 1, 100);
    registry = begin();
    const expected = await push(1);
    await registry.stop();
    let edition = 1;
    for (const content of [
      damaged,
      good.subarray(0, good.length - 1),
      Buffer.from("x"),
      Buffer.alloc(0),
      Buffer.alloc(1000, 255),
    ]) {
      writeFileSync(file, content);
      registry = begin();
      assert.deepEqual(await push((edition += 1)), expected);
      assert.equal(compiled.size, FILES);
      await registry.stop();
      // It was mended.
      registry = begin();
      await push((edition += 1));
      assert.deepEqual([...compiled], READ);
    }
    build = "another one";
    registry = begin();
    assert.deepEqual(await push((edition += 1)), expected);
    assert.equal(compiled.size, FILES);
  });

  it("is unpacked in turns where all of it is written, since another build has written what is live", async () => {
    await registry.stop();
    registry = begin();
    const turns = await turnsOf(() => push(1));
    await registry.stop();
    build = null;
    registry = begin();
    await push(2);
    build = "this one";
    registry = begin();
    const turnsOfAll = await turnsOf(() => push(3));
    assert.deepEqual([...compiled], READ);
    assert.ok(turnsOfAll - turns >= FILES - 1, `${turns} and ${turnsOfAll}`);
  });

  /** How often others have their turn, if each step takes long. */
  async function turnsOf(work: () => Promise<unknown>): Promise<number> {
    const { clock } = world;
    let [turns, nowMs] = [0, 0];
    clock.steady = () => (nowMs += 20);
    clock.afterTurn = (callback) => {
      turns += 1;
      setImmediate(callback);
    };
    await work();
    return turns;
  }

  it("is written anew where it was deleted or cut off while the service runs", async () => {
    await written(0);
    const file = await keptFile();
    let edition = 0;
    for (const lose of [() => rmSync(dirname(file), { recursive: true }), () => truncateSync(file, 10)]) {
      registry = begin();
      await push((edition += 1));
      await written(statSync(file).size);
      lose();
      await push((edition += 1));
      await registry.stop();
      registry = begin();
      await push((edition += 1));
      assert.deepEqual([...compiled], READ);
    }
  });

  it("is written no more of what is compiled after the service has stopped", async () => {
    await registry.stop();
    const { size } = statSync(await keptFile());
    await push(1);
    world.clock.advance(SAVE_MS);
    await registry.stop();
    assert.equal(statSync(await keptFile()).size, size);
  });

  it("keeps no service from starting where it cannot be deleted", async function () {
    // A folder in which nobody may delete anything, whoever he is.
    if (!existsSync("/proc/self/ns")) this.skip();
    await registry.stop();
    const folder = dirname(await keptFile());
    rmSync(folder, { recursive: true });
    symlinkSync("/proc/self/ns", folder);
    await begin().start();
  });

  it("goes with its repository, and with those that went while the service was down", async () => {
    await registry.stop();
    assert.equal(readdirSync(join(world.dataFolder, "compiled")).length, 1);
    writeFileSync(join(world.dataFolder, "compiled", "repo_gone"), "x");
    const { id } = await world.row();
    await registry.start();
    assert.deepEqual(readdirSync(join(world.dataFolder, "compiled")), [id]);
    await registry.forget(id);
    assert.deepEqual(readdirSync(join(world.dataFolder, "compiled")), []);
  });
});
