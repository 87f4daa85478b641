import { isStepEnded, joinsAs } from "./step-status.js";
import { siblingOf, statusOf, stepOf } from "./run-state.js";
import type { Cell } from "./run-state.js";

/** What `require` says once every need has ended; see "Joins" in the language reference. */
export type Verdict =
  | { readonly status: "eligible" }
  | { readonly status: "skipped" | "upstream_failed"; readonly reason: string };

/** How many of a step's needs have ended, and how. */
export interface Tally {
  readonly ended: number;
  readonly failed: number;
  readonly succeeded: number;
}

const NAMES_SHOWN_MAX = 3;

/** Counts the end of one need; true when it was the last one. */
export function countNeed(cell: Cell, joins: "succeeded" | "failed" | "neither"): boolean {
  const { tallies } = cell.block;
  const at = cell.index * 3;
  tallies[at] = (tallies[at] ?? 0) + 1;
  if (joins === "failed") tallies[at + 1] = (tallies[at + 1] ?? 0) + 1;
  if (joins === "succeeded") tallies[at + 2] = (tallies[at + 2] ?? 0) + 1;
  return tallies[at] === stepOf(cell).needs.length;
}

export function tallyOf({ block, index }: Cell): Tally {
  const [ended = 0, failed = 0, succeeded = 0] = block.tallies.subarray(index * 3, index * 3 + 3);
  return { ended, failed, succeeded };
}

/** Decides a join whose needs have all ended. Looks at single needs only to name one in the reason. */
export function judge(cell: Cell): Verdict {
  const { needs, definition } = stepOf(cell);
  const { failed, succeeded } = tallyOf(cell);
  const upstreamFailed = (): Verdict => ({
    status: "upstream_failed",
    reason: blame(cell, (need) => joinsAs(statusOf(need)) === "failed"),
  });
  switch (definition.require) {
    case "all_finished":
      return { status: "eligible" };
    case "any_failed":
      return failed > 0 ? { status: "eligible" } : { status: "skipped", reason: "none of its needs failed" };
    case "any_succeeded":
      if (failed > 0) return upstreamFailed();
      if (succeeded > 0 || needs.length === 0) return { status: "eligible" };
      return { status: "skipped", reason: "none of its needs succeeded" };
    case "all_succeeded":
      if (failed > 0) return upstreamFailed();
      if (succeeded === needs.length) return { status: "eligible" };
      return {
        status: "skipped",
        reason: blame(cell, (need) => joinsAs(statusOf(need)) === "neither"),
      };
  }
}

/** What a step waits for, in words: `waits for extract, load and 3 more`. */
export function waitsFor(cell: Cell): string | null {
  const open = stepOf(cell)
    .needs.map((position) => siblingOf(cell, position))
    .filter(isOpen);
  if (open.length === 0) return null;
  const names = open.slice(0, NAMES_SHOWN_MAX).map((need) => stepOf(need).definition.id);
  const more = open.length - names.length;
  if (more > 0) return `waits for ${names.join(", ")} and ${more} more`;
  const last = names.pop() ?? "";
  return names.length === 0 ? `waits for ${last}` : `waits for ${names.join(", ")} and ${last}`;
}

function isOpen(cell: Cell): boolean {
  return !isStepEnded(statusOf(cell));
}

function blame(cell: Cell, isGuilty: (need: Cell) => boolean): string {
  for (const position of stepOf(cell).needs) {
    const need = siblingOf(cell, position);
    if (isGuilty(need)) return `${stepOf(need).definition.id} ${inWords(need)}`;
  }
  return "one of its needs did not succeed";
}

function inWords(need: Cell): string {
  const status = statusOf(need);
  switch (status) {
    case "upstream_failed":
      return "could not run, because a step before it failed";
    case "timed_out":
      return "timed out";
    case "skipped":
    case "canceled":
      return `was ${status}`;
    default:
      return status;
  }
}
