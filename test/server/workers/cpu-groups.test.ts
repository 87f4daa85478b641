import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, before, describe, it } from "mocha";
import { findCpuHierarchy, type CpuHierarchy } from "#server/workers/cpu-hierarchy.js";
import { openWorld, runRequest, type World } from "./attempts.js";

describe("a step without an image, where there are control groups", () => {
  let hierarchy: CpuHierarchy;
  let world: World;

  before(function () {
    const found = findCpuHierarchy();
    if (found === null) {
      process.stderr.write(
        "    not tested: this process may make no control groups that divide processors\n",
      );
      return this.skip();
    }
    hierarchy = found;
  });
  afterEach(() => world?.close());

  const limited = (cpu: number) => ({ resources: { cpu, memoryBytes: null, gpu: null } });
  /** How the name of a group begins that the world has made: there may be those of others. */
  const own = (): string => {
    const [, prefix] = /\/(headwater-folder\S+-)\w+\n/.exec(world.log()) ?? [];
    assert.ok(prefix !== undefined, world.log());
    return prefix;
  };

  it("gets no more of the processors than its share, with all that it starts, and leaves no group", async () => {
    world = await openWorld();
    const spin = "end=$((SECONDS + 2)); while ((SECONDS < end)); do :; done";
    const script = `(${spin}) & (${spin}) & wait; times; cat /proc/self/cgroup`;
    const result = await world.execute(runRequest(script, { ...limited(0.2), shell: "bash" }));
    assert.equal(result.status, "succeeded");
    const [, userSeconds] = /\nout 0m([\d.]+)s/.exec(world.log()) ?? [];
    // Two loops would have two to four seconds of them.
    assert.ok(Number(userSeconds) > 0 && Number(userSeconds) < 1, world.log());
    assert.ok(!world.log().includes("not enforced"));
    const groups = readdirSync(hierarchy.folder);
    assert.deepEqual(
      groups.filter((name) => name.startsWith(own())),
      [],
    );
  });

  it("ends as its script does", async () => {
    world = await openWorld();
    const result = await world.execute(runRequest("exit 7", limited(4)));
    assert.match(JSON.stringify(result), /"exited with code 7"/);
  });

  it("finds no groups of an earlier life of the service at its next start, and leaves those of others", async () => {
    world = await openWorld();
    await world.execute(runRequest("cat /proc/self/cgroup", limited(1)));
    const left = join(hierarchy.folder, `${own()}abc`);
    const others = join(hierarchy.folder, `headwater-folder_other.${process.pid}.2-abc`);
    for (const folder of [left, others]) mkdirSync(folder);
    const next = await openWorld({ folder: world.folder });
    try {
      assert.deepEqual([existsSync(left), existsSync(others)], [false, true]);
    } finally {
      rmdirSync(others);
      await next.workers.stop();
    }
  });
});
