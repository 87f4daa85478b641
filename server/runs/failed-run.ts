import { isStepEnded, type StepChange } from "@headwater/engine";
import { runEnded } from "../store/run-ended-signal.js";
import type { RunAdvance, RunRow, Store } from "../store/store.js";

/** Why and when a run ends, and what it leaves open. */
export interface RunFailure {
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Those that have ended stay as they are, the others are canceled. */
  readonly steps: readonly StepChange[];
}

/** The run as failed, and what makes that durable, without its engine having a say. */
export function failRun(
  row: RunRow,
  { reason, at, steps }: RunFailure,
): { readonly row: RunRow; readonly advance: RunAdvance } {
  const run = {
    status: "failed",
    reason,
    startedAt: row.startedAt,
    endedAt: at,
    outputs: null,
    lateAt: row.lateAt,
  } as const;
  const canceled = steps
    .filter(({ status }) => !isStepEnded(status))
    .map((step): StepChange => ({ ...step, status: "canceled", endedAt: at, reason }));
  const signals = [runEnded(row, { status: "failed", at })];
  return {
    row: { ...row, ...run },
    advance: { runId: row.id, entries: [], run, steps: canceled, signals, remembered: [] },
  };
}

/** The reason that people read at a run which the service could not go on with. */
export function givenUpReason(problem: string): string {
  return `the service cannot go on with this run: ${problem}`;
}

const PAGE = 1000;

/** The steps of a run that have not ended, as their rows have them: for a run whose journal cannot be replayed. */
export async function readOpenSteps(
  store: Pick<Store, "listSteps">,
  runId: string,
): Promise<readonly StepChange[]> {
  const open: StepChange[] = [];
  for (let after = 0; ;) {
    const page = await store.listSteps(runId, { after, limit: PAGE });
    open.push(...page.filter(({ status }) => !isStepEnded(status)));
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return open;
    after = last.position;
  }
}
