import type { StepDefinition, WorkflowDefinition } from "@headwater/workflow";
import type { StepChange } from "../step-change.js";
import { dottedPath } from "../step-path.js";
import { isStepEnded, joinsAs } from "../step-status.js";
import type { StepStatus } from "../step-status.js";
import { BranchCounts, type BranchCoverage } from "./branch-coverage.js";

/** A step instance took a status, at that instant of virtual time (epoch milliseconds). */
export interface TimelineEntry {
  readonly at: number;
  readonly path: string;
  readonly status: StepStatus;
  /** 0 before the first attempt. */
  readonly attempt: number;
  readonly reason: string | null;
}

/** How the instances of one step ended; all three 0: none ever did. */
export interface StepCoverage {
  /** Dotted, without iterations: `load.copy`. */
  readonly path: string;
  readonly kind: string;
  readonly succeeded: number;
  /** `failed`, `timed_out` and `ignored_failure`. */
  readonly failed: number;
  /** `skipped`, `upstream_failed` and `canceled`. */
  readonly skipped: number;
  /** Both ways of its condition, and each class of failures that it retries. */
  readonly branches: readonly BranchCoverage[];
}

/** How the steps of one workflow ended, in file order. */
export interface WorkflowCoverage {
  readonly workflow: string;
  readonly steps: readonly StepCoverage[];
}

/** The timeline has at most so many entries; later ones are left out. */
export const TIMELINE_MAX = 100_000;
/** So many instances are kept; beyond, of each step the first instance that ended with each status. */
export const INSTANCES_MAX = 100_000;

/** What happened in a simulation, in memory that is bounded however many steps it has. */
export class Recording {
  readonly timeline: TimelineEntry[] = [];
  /** The last change of step instances, by path. */
  readonly steps = new Map<string, StepChange>();
  readonly branches = new BranchCounts();
  /** By dotted path, then by status: instances that ended. */
  readonly #ended = new Map<string, Map<StepStatus, number>>();
  /** By what stands before the dotted paths of its steps: nothing, or `report.` for what `report` runs. */
  readonly #played = new Map<string, WorkflowDefinition>();

  /** A run of a workflow begins, whose steps have that prefix in the whole simulation: `report/`. */
  noteRun(prefix: string, definition: WorkflowDefinition): void {
    this.#played.set(dottedPath(prefix), definition);
  }

  note(at: number, change: StepChange): void {
    const { path, status, attempt, reason } = change;
    const before = this.steps.get(path);
    const dotted = dottedPath(path);
    this.branches.noteChange(dotted, before, change);
    if (status !== "waiting" && !isSameEntry(before, change) && this.timeline.length < TIMELINE_MAX) {
      this.timeline.push({ at, path, status, attempt, reason });
    }
    const isFirst = isStepEnded(status) && this.#count(dotted, status) === 1;
    if (before !== undefined || isFirst || this.steps.size < INSTANCES_MAX) this.steps.set(path, change);
  }

  /** Of the workflow that is simulated, then of what each of its steps ran: a workflow that two steps run comes twice. */
  coverage(): readonly WorkflowCoverage[] {
    return Array.from(this.#played, ([prefix, { id, steps }]) => ({
      workflow: id,
      steps: this.#coverageOf(steps, prefix, ""),
    }));
  }

  /** Every step, outer before inner, in file order. */
  #coverageOf(steps: readonly StepDefinition[], prefix: string, outer: string): readonly StepCoverage[] {
    return steps.flatMap((step) => {
      const path = `${outer}${step.id}`;
      const branches = this.branches.of(prefix + path, step);
      const own = { path, kind: step.kind, ...this.#countsOf(prefix + path), branches };
      return "steps" in step ? [own, ...this.#coverageOf(step.steps, prefix, `${path}.`)] : [own];
    });
  }

  #count(dotted: string, status: StepStatus): number {
    const counts = this.#ended.get(dotted) ?? new Map<StepStatus, number>();
    if (counts.size === 0) this.#ended.set(dotted, counts);
    const count = (counts.get(status) ?? 0) + 1;
    counts.set(status, count);
    return count;
  }

  #countsOf(path: string): Pick<StepCoverage, "succeeded" | "failed" | "skipped"> {
    const counts = { succeeded: 0, failed: 0, skipped: 0 };
    for (const [status, count] of this.#ended.get(path) ?? []) counts[columnOf(status)] += count;
    return counts;
  }
}

function isSameEntry(before: StepChange | undefined, { status, attempt, reason }: StepChange): boolean {
  return before?.status === status && before.attempt === attempt && before.reason === reason;
}

function columnOf(status: StepStatus): "succeeded" | "failed" | "skipped" {
  if (status === "succeeded") return "succeeded";
  if (status === "ignored_failure" || (joinsAs(status) === "failed" && status !== "upstream_failed")) {
    return "failed";
  }
  return "skipped";
}
