import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { findCpuHierarchy } from "#server/workers/cpu-hierarchy.js";

describe("findCpuHierarchy()", () => {
  let machine: string;

  beforeEach(() => {
    machine = mkdtempSync(join(tmpdir(), "headwater-groups-"));
  });
  afterEach(() => rmSync(machine, { recursive: true }));

  function has(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(machine, path)), { recursive: true });
      writeFileSync(join(machine, path), text);
    }
  }

  function found(quotaUs = 50_000): readonly [string, Readonly<Record<string, string>>] | null {
    const hierarchy = findCpuHierarchy(join(machine, "proc"));
    return hierarchy && [hierarchy.folder.slice(machine.length), hierarchy.quotaFiles(quotaUs)];
  }

  const mounted = (at: string, type: string, { root = "/", options = "rw" } = {}): string =>
    `31 30 0:28 ${root} ${machine}${at} rw,relatime shared:4 - ${type} ${type} ${options}\n`;

  it("is the group of the service in version 1, whatever it is mounted with", () => {
    has({
      "proc/mountinfo": mounted("/fs/cpu", "cgroup", { options: "rw,cpu,cpuacct" }),
      "proc/cgroup": "4:memory:/jobs\n1:cpu,cpuacct:/system.slice\n0::/\n",
      "fs/cpu/system.slice/cgroup.procs": "",
    });
    const quota = { "cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "50000" };
    assert.deepEqual(found(), ["/fs/cpu/system.slice", quota]);
  });

  it("is the group around the service's own in version 2, which has no process", () => {
    has({
      "proc/mountinfo": mounted("/fs", "cgroup2"),
      "proc/cgroup": "0::/headwater.service/main\n",
      "fs/headwater.service/cgroup.subtree_control": "cpu memory\n",
      "fs/headwater.service/main/cgroup.subtree_control": "\n",
    });
    // The kernel refuses this; a file of a disk is written.
    rmSync(join(machine, "fs/headwater.service/main"), { recursive: true });
    assert.deepEqual(found(), ["/fs/headwater.service", { "cpu.max": "50000 100000" }]);
  });

  it("begins where the mount of a container does", () => {
    has({
      "proc/mountinfo": mounted("/fs/cpu", "cgroup", { root: "/docker/1", options: "rw,cpu" }),
      "proc/cgroup": "1:cpu:/docker/1/service\n",
      "fs/cpu/service/cgroup.procs": "",
    });
    assert.equal(found()?.[0], "/fs/cpu/service");
  });

  it("is nothing where there are none, they divide no processors, or nobody may make any", () => {
    assert.equal(found(), null);
    has({ "proc/mountinfo": mounted("/fs", "cgroup2"), "proc/cgroup": "0::/\n" });
    assert.equal(found(), null);
    has({
      "proc/mountinfo": mounted("/gone", "cgroup", { options: "ro,cpu" }),
      "proc/cgroup": "1:cpu:/\n",
    });
    assert.equal(found(), null);
    has({
      "proc/mountinfo": mounted("/fs/cpu", "cgroup", { root: "/docker/1", options: "rw,cpu" }),
      "proc/cgroup": "1:cpu:/elsewhere\n",
    });
    assert.equal(found(), null);
  });
});
