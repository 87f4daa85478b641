import type { StepDefinition } from "@headwater/workflow";
import { CONDITION_IS_FALSE } from "../settle.js";
import type { RunEvent } from "../event.js";
import type { StepChange } from "../step-change.js";

/** A way that a step may go: by its condition, or by a class of failures that it retries. */
export type Branch = "if_true" | "if_false" | "retry_errors" | "retry_platform" | "retry_timeouts";

/** How often a branch was taken. */
export interface BranchCoverage {
  readonly branch: Branch;
  readonly taken: number;
}

/** The default of `retry.platform`: what nobody wrote is nobody's to test. */
const PLATFORM_RETRIES_DEFAULT = 10;

/** Kinds with attempts of their own that may fail. */
const FAILS_BY_ITSELF: readonly StepDefinition["kind"][] = [
  "run",
  "sql",
  "http",
  "notebook",
  "plugin",
  "workflow",
];

/** The branches of one step, without those inside it. */
function branchesOf({ kind, if: condition, retry }: StepDefinition): readonly Branch[] {
  const retries: readonly (readonly [Branch, boolean])[] = [
    ["retry_errors", retry.errors > 0],
    ["retry_platform", retry.platform > 0 && retry.platform !== PLATFORM_RETRIES_DEFAULT],
    ["retry_timeouts", retry.timeouts > 0],
  ];
  return [
    ...(condition === null ? [] : (["if_true", "if_false"] as const)),
    ...retries.flatMap(([branch, isRetried]) =>
      isRetried && FAILS_BY_ITSELF.includes(kind) ? [branch] : [],
    ),
  ];
}

/** Counts branches as they are taken, in memory that does not grow with the instances of a step. */
export class BranchCounts {
  /** By dotted path. */
  readonly #taken = new Map<string, Map<Branch, number>>();
  /** The attempt that the last event ended badly: whether it is retried shows in the changes by the same event. */
  #failed: { readonly path: string; readonly branch: Branch } | null = null;

  /** An event of the run whose steps have that prefix in the whole simulation. */
  noteEvent(prefix: string, event: RunEvent): void {
    const branch = retryFor(event);
    this.#failed = branch === null || !("path" in event) ? null : { path: prefix + event.path, branch };
  }

  /** A change of an instance of the step with that dotted path, and the one before it. */
  noteChange(dotted: string, before: StepChange | undefined, change: StepChange): void {
    const isRetry = change.status === "retrying" || (before !== undefined && change.attempt > before.attempt);
    if (isRetry && this.#failed?.path === change.path) this.#count(dotted, this.#failed.branch);
    const answer = before === undefined || before.status === "waiting" ? conditionShownBy(change) : null;
    if (answer !== null) this.#count(dotted, answer);
  }

  of(dotted: string, step: StepDefinition): readonly BranchCoverage[] {
    const taken = this.#taken.get(dotted);
    return branchesOf(step).map((branch) => ({ branch, taken: taken?.get(branch) ?? 0 }));
  }

  #count(dotted: string, branch: Branch): void {
    const counts = this.#taken.get(dotted) ?? new Map<Branch, number>();
    if (counts.size === 0) this.#taken.set(dotted, counts);
    counts.set(branch, (counts.get(branch) ?? 0) + 1);
  }
}

/** A first status that says nothing of the condition having been true. */
const STAYS_OUT: readonly StepChange["status"][] = [
  "waiting",
  "skipped",
  "upstream_failed",
  "canceled",
  "failed",
];

/** How the condition of a step was answered, by the first status that it took after waiting; null when nothing asked. */
function conditionShownBy({ status, reason }: StepChange): Branch | null {
  if (status === "skipped" && reason?.startsWith(CONDITION_IS_FALSE) === true) return "if_false";
  return STAYS_OUT.includes(status) ? null : "if_true";
}

function retryFor(event: RunEvent): Branch | null {
  if (event.kind === "attempt_ended" && event.result.status === "failed") {
    const branches = {
      error: "retry_errors",
      platform: "retry_platform",
      timeout: "retry_timeouts",
    } as const;
    return branches[event.result.class];
  }
  if (event.kind !== "run_ended" || event.status === "succeeded") return null;
  return event.status === "timed_out" ? "retry_timeouts" : "retry_errors";
}
