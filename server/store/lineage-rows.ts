import type { HistoricSignal } from "./signal-history.js";
import type { RunRow } from "./run-row.js";
import type { SentSignals, FoundAudience } from "./signal-audience.js";

/** Who makes whom act: as it is deployed, and as it has happened. */
export interface LineageRows {
  /** Who hears a signal, as it is deployed. By indexes alone: it costs no more with many that hear something else. */
  findSignalAudience(sent: SentSignals): Promise<FoundAudience>;
  /** Who names which signal or workflow, of what is deployed, by `subject`, role, project, environment and name. */
  listMentions(query: MentionQuery): Promise<readonly MentionRow[]>;
  /** A signal that is still kept; null when it is not. */
  findSignal(id: number): Promise<HistoricSignal | null>;
  /** What came of a signal, by age of the run, then by step. */
  listSignalUses(signalId: number, query: SignalUseQuery): Promise<readonly SignalUse[]>;
  /** The signals that have started a run or let its steps go on, the one that started it first, then by step. */
  listUsedSignals(runId: string, limit: number): Promise<readonly UsedSignal[]>;
  /** What a run has emitted, oldest first, its own end apart. */
  listEmittedSignals(runId: string, limit: number): Promise<readonly HistoricSignal[]>;
  /** The runs that the steps of a run have started, or its end, oldest first. */
  listFollowingRuns(runId: string, limit: number): Promise<readonly RunRow[]>;
}

/**
 * `emits`: a step emits the signal. `receives`: a webhook records it. `starts`: it starts runs. `waits`: a step waits for it.
 * `follows`: a trigger waits for a run of the workflow to end. `calls`: a step runs the workflow.
 */
export type MentionRole = "emits" | "receives" | "starts" | "waits" | "follows" | "calls";

export interface MentionRow {
  /** A signal; for `follows` and `calls` a workflow of the same project and environment. */
  readonly subject: string;
  readonly role: MentionRole;
  readonly project: string;
  readonly environment: string;
  /** A workflow; for `receives` a webhook. */
  readonly name: string;
}

/** Which of them; what is not there lets all through. */
export interface MentionQuery extends Partial<MentionRow> {
  readonly roles: readonly MentionRole[];
  /** The last row of the page before. */
  readonly after?: MentionRow;
  readonly limit: number;
}

export interface SignalUseQuery {
  /** The last one of the page before. */
  readonly after?: Pick<SignalUse, "place" | "path">;
  readonly limit: number;
}

export interface SignalUse {
  readonly run: RunRow;
  /** The step that went on; empty where the signal started the run. */
  readonly path: string;
  /** Of the run among all runs, by age. */
  readonly place: number;
}

export interface UsedSignal {
  readonly signalId: number;
  /** See `SignalUse.path`. */
  readonly path: string;
  /** Null where it is no longer kept. */
  readonly signal: HistoricSignal | null;
}
