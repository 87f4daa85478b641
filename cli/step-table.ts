import type { Step } from "@headwater/api";
import { jobsText } from "./jobs-text.js";
import { placeSteps } from "./step-order.js";
import type { Style } from "./style.js";
import { plain, renderTable } from "./table.js";
import { tookText } from "./time-text.js";

export interface StepTableOptions {
  readonly style: Style;
  readonly columns: number;
  /** Of the run. */
  readonly attempt: number;
}

/** The steps of a run as a table, iterations under their loop: state, attempts, duration and what there is to say. */
export function renderSteps(steps: readonly Step[], { style, columns, attempt }: StepTableOptions): string {
  const rows = placeSteps(steps).map(({ step, depth }) => [
    "  ".repeat(depth) + plain(step.path),
    style.status(step.status),
    step.attempt === 0 ? "" : String(step.attempt),
    tookText(step.startedAt, step.endedAt),
    plain(noteOf(step, attempt)),
  ]);
  return renderTable(["STEP", "STATE", "ATTEMPTS", "TOOK", "NOTE"], rows, columns);
}

function noteOf(step: Step, runAttempt: number): string {
  const parts = [
    labelsText(step),
    iterationsText(step),
    withinText(step),
    reasonText(step),
    answerText(step),
    keptText(step, runAttempt),
  ];
  return parts.filter((part) => part !== "").join("; ");
}

function labelsText({ labels }: Step): string {
  return Object.entries(labels)
    .map(([label, value]) => `${label}: ${value}`)
    .join(", ");
}

/** Of a step that went well in the end the reason is why it was tried again. */
function reasonText({ attempt, status, reason, runAttempt }: Step): string {
  if (status !== "succeeded" || attempt < 2) return reason ?? "";
  return `${againText(attempt, (runAttempt ?? 1) - 1)}${reason === null ? "" : ` (${reason})`}`;
}

/** Attempts are counted through restarts of the run, which are no retries. */
function againText(attempt: number, restarts: number): string {
  if (restarts > 0) return `attempt ${attempt}, ${restarts === 1 ? "one restart" : `${restarts} restarts`}`;
  return attempt === 2 ? "after one retry" : `after ${attempt - 1} retries`;
}

/** Of a loop within which are more jobs than iterations, and of a run of another workflow. */
function withinText({ jobs, iterations }: Step): string {
  const words = jobsText(jobs ?? {});
  const isTold = iterations !== null && words.startsWith(`${doneOf(iterations)} of ${iterations.total} `);
  return isTold ? "" : words;
}

function doneOf({ succeeded, failed, skipped }: NonNullable<Step["iterations"]>): number {
  return succeeded + failed + skipped;
}

/** A restart of the run has left it as it was. */
function keptText({ runAttempt, endedAt }: Step, attempt: number): string {
  const isKept = endedAt !== null && runAttempt !== null && runAttempt < attempt;
  return isKept ? `kept from attempt ${runAttempt} of the run` : "";
}

/** Who approved, and what they said to it. */
function answerText({ kind, outputs }: Step): string {
  const { approved_by: by, comment } = outputs ?? {};
  if (kind !== "approval" || typeof by !== "string") return "";
  const words = typeof comment === "string" && comment !== "" ? `: ${comment}` : "";
  return `${by === "" ? "approved" : `approved by ${by}`}${words}`;
}

function iterationsText({ iterations }: Step): string {
  if (iterations === null) return "";
  const { total, succeeded, failed, skipped, running } = iterations;
  const parts = [
    `${succeeded} of ${total} succeeded`,
    failed > 0 ? `${failed} failed` : "",
    skipped > 0 ? `${skipped} skipped` : "",
    running > 0 ? `${running} running` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}
