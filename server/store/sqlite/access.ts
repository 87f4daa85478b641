import type { Connection } from "./connection.js";

/** How the methods of the store reach the two connections. */
export interface Access {
  readonly read: <Value>(work: (db: Connection) => Promise<Value>) => Promise<Value>;
  readonly write: <Value>(work: (db: Connection) => Promise<Value>) => Promise<Value>;
}

export interface DeployingAccess extends Access {
  /**
   * As `write`, for what changes what is deployed. Nothing else writes `mention` or `signal_listener` while the store is open: what is
   * remembered of them, and signals that are matched with them, are of before otherwise.
   */
  readonly deploy: Access["write"];
}
