import { mkdtempSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CpuLimit, CpuLimits } from "../steps/cpu-limits.js";
import { PERIOD_US, type CpuHierarchy } from "./cpu-hierarchy.js";

/** The least that the kernel takes, in microseconds of a period. */
const QUOTA_US_MIN = 1000;

/** Goes into the group of its first argument, and becomes what the others say. */
const ENTER = 'echo $$ > "$0" && exec "$@"';

const UNLIMITED: CpuLimit = { isHeld: true, wrap: (command) => command, close: () => undefined };
const NOT_HELD: CpuLimit = { ...UNLIMITED, isHeld: false };

/** A control group of Linux for each attempt that has a limit. They are of one data folder: each life of the service finds those of the last. */
export class CpuGroups implements CpuLimits {
  readonly #hierarchy: CpuHierarchy | null;
  readonly #folderId: () => string;

  /** @param folderId of the data folder; see `LaunchMark` */
  constructor(hierarchy: CpuHierarchy | null, folderId: () => string) {
    this.#hierarchy = hierarchy;
    this.#folderId = folderId;
  }

  /** Removes what a service that was killed has left; its processes have been ended before. */
  removeLeft(): void {
    if (this.#hierarchy === null) return;
    const { folder } = this.#hierarchy;
    for (const name of readdirSync(folder)) {
      if (name.startsWith(this.#prefix)) removeGroup(join(folder, name));
    }
  }

  get #prefix(): string {
    return `headwater-${this.#folderId()}-`;
  }

  open(cpus: number | null): CpuLimit {
    if (cpus === null) return UNLIMITED;
    const group = this.#make(Math.max(QUOTA_US_MIN, Math.round(cpus * PERIOD_US)));
    if (group === null) return NOT_HELD;
    return {
      isHeld: true,
      wrap: ({ file, args }) => ({
        file: "/bin/sh",
        args: ["-c", ENTER, join(group, "cgroup.procs"), file, ...args],
      }),
      close: () => removeGroup(group),
    };
  }

  #make(quotaUs: number): string | null {
    if (this.#hierarchy === null) return null;
    let group = "";
    try {
      group = mkdtempSync(join(this.#hierarchy.folder, this.#prefix));
      for (const [name, text] of Object.entries(this.#hierarchy.quotaFiles(quotaUs)))
        writeFileSync(join(group, name), text);
      return group;
    } catch {
      // Such as a share above that of the group around it.
      removeGroup(group);
      return null;
    }
  }
}

/** The kernel keeps one that has a process; that one ends with its service, and the group at the next start. */
function removeGroup(group: string): void {
  try {
    rmdirSync(group);
  } catch {
    // As above, or it never was.
  }
}
