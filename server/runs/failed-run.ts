import { STEP_STATUSES, isStepEnded } from "@headwater/engine";
import type { JobCounts, StepChange, StepStatus } from "@headwater/engine";
import { runEnded } from "../store/run-ended-signal.js";
import type { RunAdvance, RunRow, Store } from "../store/store.js";

/** Why and when a run ends, and what it leaves open. */
export interface RunFailure {
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Those that have ended stay as they are, the others are canceled. */
  readonly steps: readonly StepChange[];
  /** Those of all its steps; none where nobody knows. */
  readonly jobs?: JobCounts;
}

/** The run as failed, and what makes that durable, without its engine having a say. */
export function failRun(
  row: RunRow,
  { reason, at, steps, jobs }: RunFailure,
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
    .map((step): StepChange => ({
      ...step,
      status: "canceled",
      endedAt: at,
      reason,
      jobs: step.jobs === null ? null : withoutOpen(step.jobs),
    }));
  const signals = [runEnded(row, { status: "failed", at })];
  return {
    row: { ...row, ...run },
    advance: {
      runId: row.id,
      entries: [],
      run,
      steps: canceled,
      signals,
      remembered: [],
      ...(jobs === undefined ? {} : { jobs: withoutOpen(jobs) }),
    },
  };
}

/** What has not ended counts as canceled. */
function withoutOpen(jobs: JobCounts): JobCounts {
  const ended: Partial<Record<StepStatus, number>> = {};
  for (const status of STEP_STATUSES) {
    const as = isStepEnded(status) ? status : "canceled";
    const count = (ended[as] ?? 0) + (jobs[status] ?? 0);
    if (count > 0) ended[as] = count;
  }
  return ended;
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
    for (const step of page) {
      // Their jobs are told with those of other runs among them: nobody knows their own any more.
      if (!isStepEnded(step.status)) open.push({ ...step, jobs: null, runAttempt: step.runAttempt ?? 1 });
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return open;
    after = last.position;
  }
}
