import type { Actor, BreakpointChange, CriticalPath, RunStanding } from "@headwater/engine";
import type { RunRow, WorkflowKey } from "../store/store.js";
import type { ApprovalAnswer } from "./approvals.js";
import type { StartRequest } from "./requested-runs.js";
import type { RestartRequest } from "./restarts.js";
import type { RunRequest } from "./run-actions.js";
import type { ReportedWait } from "./wait-report.js";
import type { FreshSignal } from "./gate-index.js";

/** What decides what may be done to a run that is here. */
export interface RunView {
  readonly standing: RunStanding;
  /** Who has paused it; null while it goes on. */
  readonly paused: Actor | null;
  /** Whether that step is to pause when it is reached. */
  isToPause(path: string): boolean;
}

/** The shell of the engine: loads runs, feeds them events, journals what they decide, performs the effects. */
export interface Runs {
  /** Recovers every unfinished run from its journal, then goes on; not the rest of them when `interrupt` comes. */
  start(interrupt?: AbortSignal): Promise<void>;
  /** Stops attempts without recording an end for them: the next start retries them. Idempotent. */
  stop(): Promise<void>;
  /** Starts a run of the active version. @throws ServiceError workflow-not-found, invalid-params */
  startRun(request: StartRequest): Promise<RunRow>;
  /** Takes over runs that the triggers created in the store. */
  adopt(runs: readonly RunRow[]): void;
  /** Signals have been recorded, in this order: steps may wait for them. Hearing one again does nothing. */
  hear(signals: readonly FreshSignal[]): void;
  /** After a deployment: what is queued goes by the run strategy and priority that its workflow has now. */
  reviewProperties(): void;
  /** A workflow was resumed: its next runs begin, as its run strategy says. */
  admit(key: WorkflowKey): void;
  /** A workflow has other breakpoints for all its runs; `change` is who has done what, where that is known. */
  reviewBreakpoints(key: WorkflowKey, change?: BreakpointChange): void;
  /**
   * Does what somebody asks of a run; it is durable when this resolves.
   * @throws ServiceError run-not-found, run-ended, step-not-found, action-not-allowed, invalid-action, store-waiting
   */
  actOnRun(runId: string, request: RunRequest): Promise<void>;
  /**
   * Does a run again, or a part of it; it is durable when this resolves.
   * @throws ServiceError as `actOnRun`, workflow-not-found, version-not-found, invalid-params
   */
  restartRun(runId: string, request: RestartRequest): Promise<void>;
  /** A run that is queued or going, as far as it decides what may be done to it; null when it has ended. */
  lookAt(runId: string): RunView | null;
  /** Why a queued run has not begun, in words; null when it has. */
  queueReason(runId: string): string | null;
  /**
   * Lets a workflow go on whose run strategy is strict and whose latest run failed; answers that run.
   * @throws ServiceError workflow-not-blocked
   */
  unblock(key: WorkflowKey, actor: Actor): Promise<RunRow>;
  /**
   * Approves or rejects a step that waits for it; the answer is durable when this resolves.
   * @throws ServiceError run-not-found, run-ended, step-not-found, step-not-waiting, not-an-approver, store-waiting
   */
  answerApproval(runId: string, answer: ApprovalAnswer): Promise<void>;
  /**
   * What the steps of a run wait for: in groups, or each instance of one step (`load[3].copy`, or `load.copy` for all).
   * Nothing for a run that has not begun or has ended. @throws ServiceError step-not-found
   */
  explain(row: RunRow, step?: string): readonly ReportedWait[];
  /**
   * Which steps determined when a run ended, and what its time went to; of one that goes on, until now.
   * @throws ServiceError internal when its journal cannot be replayed; busy
   */
  criticalPath(row: RunRow): Promise<CriticalPath>;
  /** Why a step is waiting for a worker, in words; null when it is not waiting for one. */
  waitReason(runId: string, path: string): string | null;
}
