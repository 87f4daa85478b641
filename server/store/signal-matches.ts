import type { NewRun, RunRow } from "./run-row.js";
import type { WorkflowKey } from "./workflow-key.js";

/** Signals of one trigger with `all` that belong together. */
export interface JoinKey extends WorkflowKey {
  /** See `joinIdOf`. */
  readonly joinId: string;
  /** The values of the joined params. */
  readonly key: string;
}

/** What waits of a key from now on: the ids of signals by name; none when a run has used them. */
export interface WaitingSignals extends JoinKey {
  readonly signals: Readonly<Record<string, number>>;
}

/** What came of a batch of signals. */
export interface SignalMatches {
  /** Which was found before the listeners were read; where it is left out, any will do. */
  readonly edition?: number;
  readonly runs: readonly NewRun[];
  readonly joined: readonly WaitingSignals[];
}

export interface MatchedSignals {
  /** Something else is deployed than what these signals were matched with: nothing was written. */
  readonly isOutdated: boolean;
  /** Those that are new. */
  readonly runs: readonly RunRow[];
  /** Triggers for which more keys waited than the store keeps. */
  readonly forgotten: readonly ForgottenSignals[];
}

/** The signals of the longest waiting keys of a trigger were dropped. */
export interface ForgottenSignals extends WorkflowKey {
  readonly keys: number;
}
