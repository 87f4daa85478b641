import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import type { Source } from "../source/source.js";
import type { Store } from "../store/store.js";

/** What is thrown away of what, and by which time. */
export interface HousekeepingOptions {
  readonly dataFolder: string;
  readonly store: Store;
  readonly keepLogsMs: number;
  /** Null: for ever. */
  readonly keepRunsMs: number | null;
  /** Null: for ever. */
  readonly keepSignalsMs: number | null;
  /** Null: for ever. */
  readonly keepDeploymentsMs: number | null;
  /** Its mirrors keep commits that nobody needs any more. */
  readonly source: Pick<Source, "tidy">;
  readonly clock: Clock;
  readonly log: Log;
}
