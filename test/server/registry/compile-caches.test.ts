import assert from "node:assert/strict";
import { join } from "node:path";
import type { SourceTree } from "@headwater/workflow";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Registry } from "#server/registry/registry.js";
import { until } from "../../until.js";
import { ScratchRepository } from "../source/scratch-repository.js";
import { createSourceWorld, type SourceWorld } from "../source/source-world.js";
import { registryOver } from "./registry-over.js";

const FILES = 20;
const REPOSITORIES = ["one", "two", "three", "four", "five"];

/** As its neighbours have them, but for what they do. */
function filesOf(name: string, edition = 0): Readonly<Record<string, string>> {
  const files = Array.from({ length: FILES }, (_, file): [string, string] => [
    `flows/w${file}.workflow.yaml`,
    `workflow: w${file}\nsteps: { ${name}: { run: echo ${file === 0 ? edition : 0} } }\n`,
  ]);
  return { "headwater.yaml": `project: ${name}\n`, ...Object.fromEntries(files) };
}

describe("what was compiled of many repositories", () => {
  let world: SourceWorld;
  let registry: Registry;
  let origins: Map<string, ScratchRepository>;
  /** Files that the compiler has looked into: those that are reused it only asks for by their ids. */
  let compiled: Set<string>;
  let beforeReading: () => Promise<void>;

  beforeEach(async () => {
    world = await createSourceWorld({
      onCommit: async (commit) => void (await registry.deploy(commit)),
      source: { onGone: (repositoryId) => void registry.forget(repositoryId) },
    });
    origins = new Map();
    compiled = new Set();
    beforeReading = async () => undefined;
    registry = begin();
  });
  afterEach(() => world.end());

  function begin(
    options: Pick<Parameters<typeof registryOver>[1] & object, "cacheBytesMax" | "readBuild"> = {},
  ): Registry {
    return registryOver(world, {
      ...options,
      readTree: async (id, commit) => {
        await beforeReading();
        return watched(await world.source.readTree(id, commit));
      },
    });
  }

  function watched(tree: SourceTree): SourceTree {
    const read = (path: string): Uint8Array | undefined => {
      if (path.endsWith(".workflow.yaml")) compiled.add(path);
      return tree.read(path);
    };
    return { ...tree, read };
  }

  /** Answers the files that had to be compiled for it. */
  async function push(name: string, edition = 0): Promise<readonly string[]> {
    compiled.clear();
    const known = origins.get(name);
    const origin = known ?? (await ScratchRepository.create(join(world.folder, "hosts", `${name}.git`)));
    const commit = await origin.commit(filesOf(name, edition));
    origins.set(name, origin);
    if (known === undefined) await world.source.addRepository({ url: origin.folder });
    else await world.source.syncRepository(name);
    const [{ status, commit: deployed } = { status: "", commit: "" }] = await world.store.listDeployments({
      limit: 1,
    });
    assert.deepEqual([status, deployed], ["active", commit]);
    return [...compiled];
  }

  it("compiles one file for a push of one, of any of several whose files have the same names", async () => {
    for (const name of REPOSITORIES) assert.equal((await push(name)).length, FILES);
    for (const name of REPOSITORIES) assert.deepEqual(await push(name, 1), ["flows/w0.workflow.yaml"]);
  });

  it("compiles all of the repository anew of which nothing was compiled for longest, when all are too much together", async () => {
    registry = begin({ cacheBytesMax: 250_000, readBuild: async () => null });
    for (const name of ["one", "two"]) await push(name);
    assert.equal((await push("one", 1)).length, 1);
    assert.equal((await push("three")).length, FILES);
    assert.equal((await push("one", 2)).length, 1);
    assert.equal((await push("two", 1)).length, FILES);
  });

  it("keeps what is being compiled while others are, though together they are too much", async () => {
    registry = begin({ cacheBytesMax: 250_000, readBuild: async () => null });
    await push("one");
    let goOn: (() => void) | null = null;
    beforeReading = () => new Promise((resolve) => (goOn = resolve));
    await origins.get("one")?.commit(filesOf("one", 1));
    const slow = world.source.syncRepository("one");
    await until("it is being compiled", () => goOn !== null);
    beforeReading = async () => undefined;
    for (const name of ["two", "three"]) await push(name);
    goOn!();
    await slow;
    assert.equal((await push("one", 2)).length, 1);
  });

  it("keeps nothing of a repository that was removed", async () => {
    await push("one");
    await world.source.removeRepository("one");
    compiled.clear();
    await world.source.addRepository({ url: origins.get("one")?.folder ?? "" });
    assert.equal(compiled.size, FILES);
  });
});
