import type { Actor, BackfillOrder, RunStatus, WrittenChoices } from "@headwater/engine";
import type { Evaluator, Json, ScheduleReader } from "@headwater/workflow";
import type { ChangeFeed } from "../../changes/change-feed.js";
import type { Clock } from "../../clock.js";
import type { Ids } from "../../ids.js";
import type { Log } from "../../log.js";
import type { Runs } from "../../runs/runs.js";
import type { BackfillCounts, BackfillRow } from "../../store/backfills.js";
import type { Store, VersionRow, WorkflowKey } from "../../store/store.js";

/** Runs for slots of the past, or for many params: made a few at a time, each once, whatever crashes meanwhile. */
export interface Backfills {
  start(): Promise<void>;
  /** Idempotent; waits for what is under way. */
  stop(): Promise<void>;
  /** Runs have ended, so that others may begin. */
  wake(): void;
  /** Begins a backfill, or answers the one of the same request; it is durable when this resolves. @throws ServiceError workflow-not-found, version-not-found, invalid-backfill */
  create(request: BackfillRequest): Promise<BackfillReport>;
  /** What a backfill would do, and a part of its list. @throws ServiceError as `create` */
  preview(request: BackfillRequest, part: PreviewPart): Promise<BackfillPreview>;
  /** @throws ServiceError backfill-not-found */
  find(id: string): Promise<BackfillReport>;
  /** Newest first. */
  list(query: Parameters<Store["listBackfills"]>[0]): Promise<readonly BackfillReport[]>;
  /** Durable when this resolves. @throws ServiceError backfill-not-found, action-not-allowed */
  act(id: string, action: BackfillAction, actor: Actor): Promise<BackfillReport>;
}

export type BackfillAction = "pause" | "resume" | "cancel" | "retry";

export interface BackfillsOptions {
  readonly store: Store;
  readonly runs: Pick<Runs, "adopt" | "restartRun" | "actOnRun">;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly feed: Pick<ChangeFeed, "publish">;
  readonly log: Log;
  readonly evaluator: Evaluator;
  readonly scheduleReader: ScheduleReader;
  readonly branches: BranchReader;
}

export interface BranchReader {
  /** A workflow as the head of a branch has it. @throws ServiceError invalid-backfill, branch-not-found, repository-unreachable */
  readBranch(key: WorkflowKey, branch: string): Promise<BranchVersions>;
}

/** What runs at a commit that need not be deployed. */
export interface BranchVersions {
  readonly commit: string;
  readonly repositoryId: string;
  /** The workflow's own first, and those of the workflows that it runs. */
  readonly versions: readonly VersionRow[];
}

/** A backfill that somebody asks for: slots (`from` and `to`), values of params, or a list of params. */
export interface BackfillRequest extends Actor {
  readonly key: WorkflowKey;
  /** The same one begins one backfill of the workflow, however often it is sent; null where each is its own. */
  readonly requestId: string | null;
  /** A date is a day in the time zone of the schedule, both ends included; or an instant. */
  readonly slots: { readonly from: string; readonly to: string } | null;
  /** With slots: in the place of what the schedule gives. */
  readonly params: Readonly<Record<string, Json>>;
  readonly choices: Readonly<Record<string, WrittenChoices>> | null;
  readonly list: readonly Readonly<Record<string, Json>>[] | null;
  readonly order: BackfillOrder;
  /** Null: as the run strategy allows, and a few at most. */
  readonly maxParallel: number | null;
  readonly overlap: boolean;
  readonly redo: boolean;
  /** As the workflow is now, as it was at each slot, as it was deployed at a commit, or as a branch has it. */
  readonly version: "now" | "then" | { readonly commit: string } | { readonly branch: string };
}

/** A backfill with what has become of it. */
export interface BackfillReport {
  readonly row: BackfillRow;
  readonly counts: BackfillCounts;
  /** How many are still to be made, those that will be passed over among them. */
  readonly waiting: number;
  /** When it should have ended, as long as runs of its workflow take; null when nobody knows, or nothing goes on. */
  readonly endsAt: number | null;
}

export interface PreviewPart {
  readonly after: number;
  readonly limit: number;
}

export interface BackfillPreview {
  readonly row: BackfillRow;
  /** How many of the total are passed over, as things are now. */
  readonly skipped: number;
  readonly items: readonly PreviewedItem[];
  /** Pass it as `after` for the next part; null at the end. */
  readonly next: number | null;
}

export interface PreviewedItem {
  readonly position: number;
  readonly slotAt: number | null;
  /** Of the schedule that has the slot; null where there is none. */
  readonly timezone: string | null;
  readonly params: Readonly<Record<string, Json>>;
  readonly versionId: string | null;
  /** Why it would fail at once, in words; null when it can begin. */
  readonly problem: string | null;
  /** The newest run for the same slot; null when there is none. */
  readonly existing: { readonly run: string; readonly status: RunStatus } | null;
  readonly isSkipped: boolean;
  /** It is passed over as its schedule is still to decide about the slot. */
  readonly isPending: boolean;
}
