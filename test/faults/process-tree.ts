import { readdirSync, readFileSync } from "node:fs";

/** What a process has started itself; none where there is no /proc. */
export function childrenOf(processId: number): readonly number[] {
  return listParents()
    .filter(([, parent]) => parent === processId)
    .map(([child]) => child);
}

/** All that a process has started, and what that has started; none where there is no /proc. */
export function descendantsOf(processId: number): readonly number[] {
  return childrenOf(processId).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** The command lines of those that have this entry in their environment, `NAME=value`; none where there is no /proc. */
export function commandsWith(entry: string): readonly string[] {
  return entriesOf("/proc")
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/environ`).split("\0").includes(entry))
    .map((name) => read(`/proc/${name}/cmdline`).replaceAll("\0", " ").trim());
}

/** Nothing happens to one that has ended already. */
export function signalProcess(processId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(processId, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Format: proc(5), `pid (name) state ppid …`; the name may hold anything. */
function listParents(): readonly (readonly [child: number, parent: number])[] {
  return entriesOf("/proc").flatMap((entry) => {
    const stat = /^\d+$/.test(entry) ? read(`/proc/${entry}/stat`) : "";
    const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return parent === undefined ? [] : [[Number(entry), Number(parent)] as const];
  });
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // It has ended since the listing.
    return "";
  }
}
