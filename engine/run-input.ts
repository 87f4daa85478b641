import type { Evaluator, Json, WorkflowDefinition } from "@headwater/workflow";

/** What makes a run: all that its decisions depend on, beside its events and their times. */
export interface RunInput {
  readonly definition: WorkflowDefinition;
  /** Complete and checked; see `resolveParams`. */
  readonly params: Readonly<Record<string, Json>>;
  readonly run: RunFacts;
  readonly workflow: { readonly id: string; readonly version: number; readonly owner: string | null };
  /** By when the run should have ended, epoch milliseconds; null for any time. */
  readonly dueAt?: number | null;
  /** The params of the signal that started the run. */
  readonly signal: Readonly<Record<string, Json>> | null;
  /** The params of the joined signals that started the run, by name. */
  readonly signals?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** Shared between runs when given: it keeps compiled expressions, nothing else. A run without makes its own, late. */
  readonly evaluator?: Evaluator;
}

/** What expressions read as `run`. Times are epoch milliseconds. */
export interface RunFacts {
  readonly id: string;
  readonly number: number;
  readonly scheduledAt: number;
  readonly createdAt: number;
  /** `schedule`, `signal`, `manual` and the like. */
  readonly trigger: string;
  readonly commit: string;
  readonly environment: string;
  readonly url: string;
}
