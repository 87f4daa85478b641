/** A part of a snapshot, written by itself, so that a large one holds up nobody. */
export interface SnapshotPage {
  readonly runId: string;
  /** The last entry of the journal that the snapshot knows of. */
  readonly seq: number;
  /** 0, 1, … */
  readonly page: number;
  readonly text: string;
  readonly isLast: boolean;
}

/** A snapshot that is whole. */
export interface StoredSnapshot {
  readonly seq: number;
  /** In order. */
  readonly pages: readonly string[];
}

/** How runs stood, so that a start need not replay all that happened to them. What is lost of it, the journal knows. */
export interface RunSnapshots {
  /**
   * Writes a page. The last one makes its snapshot whole, and ends those before it; the first one drops what is there of another try.
   * For a run that is not there nothing is written.
   */
  saveSnapshotPage(page: SnapshotPage): Promise<void>;
  /** The latest snapshot of the run that is whole; null when there is none. */
  readSnapshot(runId: string): Promise<StoredSnapshot | null>;
}
