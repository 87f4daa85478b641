import type { ChangeFeed } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";
import type { Ids } from "../ids.js";
import type { Log } from "../log.js";
import type { Secrets } from "../secrets/secrets.js";
import type { RunRow, Store } from "../store/store.js";

/** How people are reached. */
export interface AlertConfig {
  /** A receiver is told of the same occasion of a workflow at most once in so many milliseconds. */
  readonly gatherMs: number;
  readonly slackUrl: string;
  readonly pagerdutyUrl: string;
  /** Null: nobody gets mail. */
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
}

export interface AlertsOptions {
  readonly config: AlertConfig;
  readonly dataFolder: string;
  readonly store: Store;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly feed: ChangeFeed;
  readonly log: Log;
  /** What people open in a browser. */
  readonly url: () => string;
  /** What a run that goes on waits for, in words; null for nothing that is known. */
  readonly waitsFor: (run: RunRow) => string | null;
}
