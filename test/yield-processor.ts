import { constants, setPriority } from "node:os";

/** From now on this process computes with what others leave of the processors: those that a browser or a host waits for go first. */
export function yieldProcessor(): void {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}
