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

const ELIGIBLE: Verdict = { status: "eligible" };
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

/** How the needs of an instance have ended so far. */
export function tallyOf({ block, index }: Cell): Tally {
  const [ended = 0, failed = 0, succeeded = 0] = block.tallies.subarray(index * 3, index * 3 + 3);
  return { ended, failed, succeeded };
}

/** Decides a join whose needs have all ended. Looks at single needs only to name one in the reason. */
export function judge(cell: Cell): Verdict {
  const { failed, succeeded } = tallyOf(cell);
  switch (stepOf(cell).definition.require) {
    case "all_finished":
      return ELIGIBLE;
    case "any_failed":
      return failed > 0 ? ELIGIBLE : { status: "skipped", reason: "none of its needs failed" };
    case "any_succeeded":
      return failed > 0 ? blame(cell, "failed") : judgeBranches(cell, succeeded);
    case "all_succeeded":
      if (failed > 0) return blame(cell, "failed");
      return succeeded === stepOf(cell).needs.length ? ELIGIBLE : blame(cell, "neither");
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

function judgeBranches(cell: Cell, succeeded: number): Verdict {
  const hasNeeds = stepOf(cell).needs.length > 0;
  return succeeded === 0 && hasNeeds
    ? { status: "skipped", reason: "none of its needs succeeded" }
    : ELIGIBLE;
}

/** The first need that keeps the step from running. */
function blame(cell: Cell, joins: "failed" | "neither"): Verdict {
  const guilty = stepOf(cell)
    .needs.map((position) => siblingOf(cell, position))
    .find((need) => joinsAs(statusOf(need)) === joins);
  const reason = guilty === undefined ? "" : `${stepOf(guilty).definition.id} ${inWords(guilty)}`;
  return { status: joins === "failed" ? "upstream_failed" : "skipped", reason };
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
