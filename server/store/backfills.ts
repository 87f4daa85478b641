import type { ScheduleTrigger } from "@headwater/workflow";
import type { Actor, BackfillCursor, BackfillOrder, BackfillSelection, RunStatus } from "@headwater/engine";
import type { NewRun, RunRow } from "./run-row.js";
import type { VersionRow } from "./version-row.js";
import type { WorkflowKey } from "./workflow-key.js";

/** Backfills, and what their runs have come to. */
export interface Backfills {
  /**
   * Repeating it does nothing, by its id or by the request that it is of. Answers the backfill that is there then. `versions` are those of the
   * commit of a branch: the workflow's own and those of the workflows that it runs.
   */
  createBackfill(backfill: BackfillRow, versions?: readonly VersionRow[]): Promise<BackfillRow>;
  findBackfill(id: string): Promise<BackfillRow | null>;
  /** Newest first, by keyset: `before` is the id of the last row of the page before. */
  listBackfills(query: BackfillQuery): Promise<readonly BackfillRow[]>;
  /** Those about which something is to be done, oldest first: running or canceling. */
  listActiveBackfills(): Promise<readonly BackfillRow[]>;
  /**
   * One transaction: moves a backfill on and creates the runs that are now behind it. Null, and nothing is written, when it is not running
   * any more or has moved since it was read.
   */
  advanceBackfill(advance: BackfillAdvance): Promise<readonly RunRow[] | null>;
  /** Changes the status of a backfill, and notes who did it. False, and nothing is written, when it is in none of `from`. */
  changeBackfill(id: string, change: BackfillChange): Promise<boolean>;
  /**
   * One transaction: the backfill runs again, and of its runs those that have ended without success are to be restarted once. Answers how
   * many there are; null, and nothing is written, when it was canceled.
   */
  retryBackfill(id: string, retry: Actor & { readonly at: number }): Promise<number | null>;
  /** Runs that are to be restarted and have not been, oldest first. */
  listBackfillRetries(id: string, limit: number): Promise<readonly string[]>;
  /** A run is not restarted after all. */
  dropBackfillRetry(runId: string): Promise<void>;
  /** How many runs of a backfill are in which status, of these alone where some are given; those that are forgotten are in none. */
  countBackfillRuns(id: string, statuses?: readonly RunStatus[]): Promise<BackfillCounts>;
  /** The runs of a workflow that are for one of these slots, newest first. */
  listSlotRuns(key: WorkflowKey, slots: readonly number[]): Promise<readonly SlotRun[]>;
  /** The schedules of a workflow that are still to decide about slots, as they are and as they were before a deployment. */
  listUndecidedSchedules(key: WorkflowKey): Promise<readonly UndecidedSchedule[]>;
  /** What the workflow was at each of these instants; null where it was not deployed. */
  listDeployedAt(key: WorkflowKey, instants: readonly number[]): Promise<readonly (BoundVersion | null)[]>;
  /** From when on a workflow had which version, in order of time: the one that it had at `from`, and those that came before `before`. */
  listVersionChanges(
    key: WorkflowKey,
    within: { readonly from: number; readonly before: number; readonly limit: number },
  ): Promise<readonly VersionChange[]>;
}

/**
 *     running ──every run has ended──▶ finished
 *      │  ▲                              │
 *      │  └──── resume, retry ◀──────────┘
 *      ▼  │
 *     paused ──cancel──▶ canceling ──the runs have stopped──▶ canceled
 */
export type BackfillStatus = "running" | "paused" | "canceling" | "canceled" | "finished";

export interface BackfillRow extends WorkflowKey {
  readonly id: string;
  /** What whoever asked for it has named the request: of a workflow it is the only one. Null when they have not. */
  readonly requestId: string | null;
  readonly selection: BackfillSelection;
  readonly order: BackfillOrder;
  /** So many of its runs may be queued or going at once. */
  readonly maxParallel: number;
  /** Its runs go beside all others of their workflow, whatever its run strategy says. */
  readonly overlap: boolean;
  /** Slots that have a run which succeeded, or goes on, get another one. */
  readonly redo: boolean;
  readonly binding: BackfillBinding;
  /** How many items it has, those that it passes over among them. */
  readonly total: number;
  readonly status: BackfillStatus;
  /** Null when every run has been made. */
  readonly cursor: BackfillCursor | null;
  /** How many of those behind the cursor it has passed over. */
  readonly skipped: number;
  readonly by: string;
  readonly reason: string;
  readonly createdAt: number;
  /** Who has changed its status last, when and why; null while nobody has. */
  readonly changed: (Actor & { readonly at: number }) | null;
  readonly endedAt: number | null;
}

/** Which version its runs have: one for all, also that of a branch that is not deployed, or that which was deployed at each slot. */
export type BackfillBinding =
  | ({ readonly kind: "now" | "commit" } & BoundVersion)
  | ({ readonly kind: "branch"; readonly branch: string } & BoundVersion)
  | { readonly kind: "then" };

/** A version with the commit at which it runs. */
export interface BoundVersion {
  readonly versionId: string;
  readonly commit: string;
  readonly repositoryId: string;
}

/** A workflow has another version since then; null: it is gone. */
export interface VersionChange {
  readonly since: number;
  readonly versionId: string | null;
}

export interface BackfillQuery {
  readonly project?: string;
  readonly environment?: string;
  readonly workflow?: string;
  readonly before?: string;
  readonly limit: number;
}

export interface BackfillAdvance {
  readonly id: string;
  /** That of the cursor as it was read: the fence. */
  readonly position: number;
  readonly cursor: BackfillCursor | null;
  /** How many of these it passes over. */
  readonly skipped: number;
  readonly runs: readonly NewRun[];
}

export interface BackfillChange {
  readonly from: readonly BackfillStatus[];
  readonly to: BackfillStatus;
  /** Null when the service did. */
  readonly actor: Actor | null;
  readonly at: number;
}

export type BackfillCounts = Readonly<Partial<Record<RunStatus, number>>>;

/** A schedule that decides about its slots from `nextSlotAt` on. */
export interface UndecidedSchedule {
  readonly trigger: ScheduleTrigger;
  readonly nextSlotAt: number;
  /** A deployment has taken it away: later slots are none of its own. Null for one that is live. */
  readonly until: number | null;
}

/** A run that is for a slot. */
export interface SlotRun {
  readonly slotAt: number;
  /** As the file says it; null where an earlier build has not kept it. */
  readonly schedule: string | null;
  /** The backfill that made it; null when its schedule did. */
  readonly backfillId: string | null;
  readonly id: string;
  readonly number: number;
  readonly status: RunStatus;
}
