import { statusOf } from "./run-state.js";
import type { Block, Cell } from "./run-state.js";
import { formatPath } from "./step-path.js";
import { joinsAs } from "./step-status.js";

/** Notes that an instance failed: the first of its block, unless one that failed before it still counts as failed. */
export function noteFailure({ block, index }: Cell, reason: string | null): void {
  const first = block.firstFailure?.index ?? index;
  if (first === index || !isFailed({ block, index: first })) block.firstFailure = { index, reason };
}

/**
 * Which instance of a block failed first, and why: `load[2].copy: exit code 1`. One that was skipped since, or done again,
 * counts no longer: then it is the first of those that still do. Null when none does.
 */
export function firstFailureOf(block: Block): string | null {
  const noted = block.firstFailure;
  if (noted !== null && isFailed({ block, index: noted.index })) {
    return failureText({ block, index: noted.index }, noted.reason);
  }
  const index = findFailure(block);
  return index === null ? null : failureText({ block, index }, block.details.get(index)?.reason ?? null);
}

/** One pass: a step that failed itself rather than one that could not run because of it. */
function findFailure(block: Block): number | null {
  const cells = block.next * block.level.steps.length;
  let upstream: number | null = null;
  for (let index = 0; index < cells; index += 1) {
    const cell = { block, index };
    if (!isFailed(cell)) continue;
    if (statusOf(cell) !== "upstream_failed") return index;
    upstream ??= index;
  }
  return upstream;
}

function isFailed(cell: Cell): boolean {
  return joinsAs(statusOf(cell)) === "failed";
}

function failureText(cell: Cell, reason: string | null): string {
  return `${formatPath(cell)}${reason === null ? "" : `: ${reason}`}`;
}
