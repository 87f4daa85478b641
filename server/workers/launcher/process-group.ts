import { readdirSync, readFileSync } from "node:fs";

const SHORTEST_POLL_MS = 2;
const LONGEST_POLL_MS = 100;
/** After SIGKILL nothing of the group runs any more; one that stays longer hangs in the kernel or waits to be reaped. */
const LONGEST_WAIT_AFTER_KILL_MS = 5000;

/** Sends a signal to every process of the group; false when there is none any more. */
export function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-groupId, signal);
  } catch (error) {
    // EPERM: somebody of the group changed its user; it exists.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * Ends a group: SIGTERM, after `killAfterMs` SIGKILL. Resolves when it is gone. Idempotent: the group is a number, and a
 * second call only shortens the wait. `onStubborn` is told before SIGKILL is sent.
 */
export async function endGroup(
  groupId: number,
  killAfterMs: number,
  onStubborn: () => void = () => undefined,
): Promise<void> {
  if (!signalGroup(groupId, "SIGTERM")) return;
  if (await isGoneWithin(groupId, killAfterMs)) return;
  onStubborn();
  signalGroup(groupId, "SIGKILL");
  await isGoneWithin(groupId, LONGEST_WAIT_AFTER_KILL_MS);
}

/** The group that a process is of; null when it has ended, and where there is no /proc. */
export function groupOf(processId: number | "self"): number | null {
  const [, , group] = fieldsOf(String(processId));
  return group === undefined ? null : Number(group);
}

/** The kernel tells nobody when a group ends, so it is asked, at first often. */
async function isGoneWithin(groupId: number, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  for (let pollMs = SHORTEST_POLL_MS; ; pollMs = Math.min(pollMs * 2, LONGEST_POLL_MS)) {
    if (!hasLivingMember(groupId)) return true;
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) return false;
    await new Promise((resolve) => setTimeout(resolve, Math.min(pollMs, leftMs)));
  }
}

/**
 * In a container whose first process reaps nobody, the dead stay in their group as zombies for ever; where /proc tells, they
 * do not count.
 */
function hasLivingMember(groupId: number): boolean {
  if (!signalGroup(groupId, 0)) return false;
  const states = statesOfMembers(groupId);
  return states === null || states.some((state) => state !== "Z" && state !== "X");
}

/** Null where there is no /proc. Format: proc(5), `pid (name) state ppid pgrp …`; the name may hold anything. */
function statesOfMembers(groupId: number): readonly string[] | null {
  let entries: readonly string[];
  try {
    entries = readdirSync("/proc");
  } catch {
    return null;
  }
  const states: string[] = [];
  for (const entry of entries) {
    if (!/^\d+$/.test(entry)) continue;
    const [state, , group] = fieldsOf(entry);
    if (state !== undefined && group === String(groupId)) states.push(state);
  }
  return states;
}

function fieldsOf(processId: string): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    // It ended between the listing and the reading.
    return [];
  }
}
