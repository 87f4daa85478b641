import type { EventOutcome, RunEvent } from "@headwater/engine";

/** Something that happened to a run. */
export interface JournalEntry {
  readonly seq: number;
  readonly at: number;
  readonly event: RunEvent;
  /** What it led to, for people; none for what its event says itself. */
  readonly outcome?: EventOutcome;
}
