import { readdirSync } from "node:fs";
import { sleep, type Clock } from "../clock.js";
import type { LaunchMark } from "./launch-mark.js";
import { markOf } from "./launcher/launch-variable.js";
import { signalGroup } from "../processes/process-group.js";
import { groupOf } from "./launcher/process-table.js";

/** A launcher whose service is gone ends its groups in half a second, a database closes in two seconds. */
const LONGEST_GUARDED_MS = 3000;
/** Until the last has been seen gone. One that has got SIGKILL runs no more of its program, even where the kernel holds it. */
const LONGEST_WAIT_MS = 10_000;
const POLL_MS = 20;

/**
 * Ends what an earlier service on this data folder has left, so that no attempt of it overlaps with the next. Where its guardians
 * (launchers, processes of databases) still live they end their own; where they died as well, the groups get SIGKILL
 * here. Resolves when nothing is left, after ten seconds, or when `interrupt` comes.
 *
 * Found are processes that carry the mark of the folder, in whatever group or session they are; those of other folders are
 * never touched. Linux only: elsewhere there is no /proc to find them in, and attempts whose launchers were killed with the
 * service run on beside their next ones.
 */
export async function endOrphans(mark: LaunchMark, clock: Clock, interrupt?: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    const orphans = markedProcesses((text) => mark.isOfFolder(text));
    const waitedMs = performance.now() - startedAt;
    if (orphans.length === 0 || waitedMs > LONGEST_WAIT_MS || interrupt?.aborted === true) return;
    const isGuarded = orphans.some((orphan) => orphan.mark === mark.guardian);
    if (!isGuarded || waitedMs > LONGEST_GUARDED_MS) killGroups(orphans);
    await sleep(clock, POLL_MS);
  }
}

/** Kills the groups of the processes that carry one of these marks; none where there is no /proc. */
export function killLaunches(marks: ReadonlySet<string>): void {
  if (marks.size > 0) killGroups(markedProcesses((text) => marks.has(text)));
}

interface MarkedProcess {
  readonly processId: number;
  readonly mark: string;
}

function killGroups(processes: readonly MarkedProcess[]): void {
  for (const groupId of new Set(processes.map(({ processId }) => groupOf(processId)))) {
    if (groupId !== null) signalGroup(groupId, "SIGKILL");
  }
}

/** A service that was itself started by a step carries a mark, and so does its group: they are not counted. Source: proc(5). */
function markedProcesses(isWanted: (mark: string) => boolean): readonly MarkedProcess[] {
  const ownGroup = groupOf("self");
  return listProcesses().flatMap((processId) => {
    const mark = markOf(processId);
    if (mark === null || !isWanted(mark) || groupOf(processId) === ownGroup) return [];
    return { processId, mark };
  });
}

function listProcesses(): readonly number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    // Not Linux.
    return [];
  }
}
