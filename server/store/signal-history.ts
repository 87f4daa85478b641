import type { NewSignal } from "./new-signal.js";

/** The signals that were recorded, for people who ask what came in. */
export interface SignalHistory {
  /** Records a signal from outside, once for its key; the answer comes when it is durable. */
  recordSignal(signal: NewSignal): Promise<RecordedSignal>;
  /** A page of the signals of all names that authors and people give, newest first. */
  listSignalHistory(query: SignalHistoryQuery): Promise<readonly HistoricSignal[]>;
}

export interface RecordedSignal {
  readonly id: number;
  /** False when the key was there: `id` is that of the first one. */
  readonly isNew: boolean;
}

/** Which of them; what is not there lets all through. */
export interface SignalHistoryQuery {
  readonly signal?: string;
  readonly environment?: string;
  /** Recorded then or later, epoch milliseconds. */
  readonly since?: number;
  /** Recorded before, epoch milliseconds. */
  readonly until?: number;
  /** The last row of the page before. */
  readonly before?: { readonly at: number; readonly id: number };
  readonly limit: number;
}

export interface HistoricSignal extends NewSignal {
  readonly id: number;
  /** Its triggers have been asked. */
  readonly isMatched: boolean;
}
