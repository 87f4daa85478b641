/** Sends a signal to every process of the group; false when there is none any more. */
export function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-groupId, signal);
  } catch (error) {
    // EPERM: somebody of the group changed its user; it exists.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
