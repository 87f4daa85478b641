import type { JobCounts, RunStatus } from "@headwater/engine";
import type { Json } from "@headwater/workflow";
import type { RunTrigger } from "./run-trigger.js";
import type { WorkflowKey } from "./workflow-key.js";

/** A run that is to be created. */
export interface NewRun extends WorkflowKey {
  readonly id: string;
  readonly versionId: string;
  readonly commit: string;
  readonly repositoryId: string;
  readonly trigger: RunTrigger;
  /** Unique in the store when not null: the same slot, signal or request makes one run. */
  readonly triggerKey: string | null;
  readonly params: Readonly<Record<string, Json>>;
  readonly scheduledAt: number;
  readonly createdAt: number;
  /** By when it should have ended, as its workflow said when it was created; none for any time. */
  readonly dueAt?: number | null;
  /** Set when the run cannot begin (a param that cannot be computed): it is created as failed, with these words. */
  readonly failedReason?: string;
}

/** A run as it stands. */
export interface RunRow extends Omit<NewRun, "failedReason" | "dueAt"> {
  readonly dueAt: number | null;
  /** When it turned out to be late; null while it is not. */
  readonly lateAt: number | null;
  /** 1, 2, … within the workflow. */
  readonly number: number;
  /** 1, and one more with each restart. */
  readonly attempt: number;
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Those that its workflow declares; null before it has succeeded. */
  readonly outputs: Readonly<Record<string, Json>> | null;
  /** Of all its levels, those of the runs that its steps have started among them; none before it has begun. */
  readonly jobs: JobCounts;
}
