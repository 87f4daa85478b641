import { mkdtempSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** The control groups of Linux that divide its processors. Source: cgroups(7), and of version 2 the kernel's cgroup-v2.rst. */
export interface CpuHierarchy {
  /** The folder to make groups in. */
  readonly folder: string;
  /** By the name of the file of a group: what is written to it for so many microseconds in every period. */
  quotaFiles(quotaUs: number): Readonly<Record<string, string>>;
}

export const PERIOD_US = 100_000;

/** Where the kernel says what this process is in. */
const PROC = "/proc/self";

interface Mount {
  readonly type: string;
  /** What of the hierarchy is seen at `at`. */
  readonly root: string;
  readonly at: string;
  readonly options: readonly string[];
}

/** Null where there is none, or this process may make no groups in it. */
export function findCpuHierarchy(proc = PROC): CpuHierarchy | null {
  const mounts = readMounts(proc);
  return versionOne(proc, mounts) ?? versionTwo(proc, mounts);
}

function versionOne(proc: string, mounts: readonly Mount[]): CpuHierarchy | null {
  const mount = mounts.find(({ type, options }) => type === "cgroup" && options.includes("cpu"));
  const folder = ownFolder(proc, mount, (controllers) => controllers.split(",").includes("cpu"));
  if (folder === null || !mayMakeGroups(folder)) return null;
  const quotaFiles: CpuHierarchy["quotaFiles"] = (quotaUs) => ({
    "cpu.cfs_period_us": String(PERIOD_US),
    "cpu.cfs_quota_us": String(quotaUs),
  });
  return { folder, quotaFiles };
}

/** A group that has processes of its own may not divide anything between groups below it: then they are made beside it. */
function versionTwo(proc: string, mounts: readonly Mount[]): CpuHierarchy | null {
  const mount = mounts.find(({ type }) => type === "cgroup2");
  const own = ownFolder(proc, mount, (controllers) => controllers === "");
  if (own === null || mount === undefined) return null;
  const above = own === mount.at ? [] : [dirname(own)];
  const folder = [own, ...above].find((each) => dividesProcessors(each) && mayMakeGroups(each));
  if (folder === undefined) return null;
  return { folder, quotaFiles: (quotaUs) => ({ "cpu.max": `${quotaUs} ${PERIOD_US}` }) };
}

function ownFolder(
  proc: string,
  mount: Mount | undefined,
  isWanted: (controllers: string) => boolean,
): string | null {
  const lines = readOrNothing(join(proc, "cgroup")).split("\n");
  // Such as `1:cpu,cpuacct:/system.slice`, of version 2 `0::/system.slice`.
  const own = lines
    .map((line) => /^\d+:([^:]*):(.*)$/.exec(line))
    .find((parts) => isWanted(parts?.[1] ?? "?"))?.[2];
  if (own === undefined || mount === undefined) return null;
  const within = relative(mount.root, own);
  return within.startsWith("..") ? null : join(mount.at, within);
}

/** Source: proc_pid_mountinfo(5). */
function readMounts(proc: string): readonly Mount[] {
  const lines = readOrNothing(join(proc, "mountinfo")).split("\n");
  return lines.flatMap((line) => {
    const [mounted = "", system = ""] = line.split(" - ");
    const [, , , root, at] = mounted.split(" ");
    const [type, , options = ""] = system.split(" ");
    if (root === undefined || at === undefined || type === undefined) return [];
    return { type, root, at, options: options.split(",") };
  });
}

/** Asks for it where it is not so yet. */
function dividesProcessors(folder: string): boolean {
  const file = join(folder, "cgroup.subtree_control");
  const isOn = (): boolean => readOrNothing(file).split(/\s+/).includes("cpu");
  if (isOn()) return true;
  try {
    writeFileSync(file, "+cpu");
    return isOn();
  } catch {
    return false;
  }
}

function mayMakeGroups(folder: string): boolean {
  try {
    rmdirSync(mkdtempSync(join(folder, "headwater-trial-")));
    return true;
  } catch {
    return false;
  }
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
