import type { Plan } from "./plan.js";

/** A run that has not ended, as a service knows it. */
export interface RunInFlight {
  readonly workflow: string;
  readonly name: string;
  readonly status: "queued" | "running";
}

/** The runs in flight of one workflow that the plan changes. */
export interface AffectedRuns {
  readonly workflow: string;
  readonly running: number;
  readonly queued: number;
  /** What people type, the first of them. */
  readonly first: readonly string[];
  /** They end with the version they began with, for a run keeps its version for life. */
  readonly keepTheirVersion: boolean;
  /** Something of its operation changes, which queued runs take over at once. */
  readonly queuedTakeOver: boolean;
}

const NAMES_SHOWN_MAX = 10;

/** Which runs in flight the plan affects; sorted as the plan's workflows are. A workflow in another file affects none. */
export function affectedRuns(plan: Plan, runs: readonly RunInFlight[]): readonly AffectedRuns[] {
  const byWorkflow = groupByWorkflow(runs);
  return plan.workflows.flatMap(({ id, change, makesVersion, edits }) => {
    const own = change === "renamed" ? [] : (byWorkflow.get(id) ?? []);
    if (own.length === 0) return [];
    const running = own.filter(({ status }) => status === "running").length;
    return {
      workflow: id,
      running,
      queued: own.length - running,
      first: own.slice(0, NAMES_SHOWN_MAX).map(({ name }) => name),
      keepTheirVersion: makesVersion || change === "removed",
      queuedTakeOver: edits.some(({ isOperational }) => isOperational),
    };
  });
}

function groupByWorkflow(runs: readonly RunInFlight[]): ReadonlyMap<string, readonly RunInFlight[]> {
  const groups = new Map<string, RunInFlight[]>();
  for (const run of runs) {
    const group = groups.get(run.workflow);
    if (group === undefined) groups.set(run.workflow, [run]);
    else group.push(run);
  }
  return groups;
}
