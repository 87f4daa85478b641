import type { Connection } from "./connection.js";

/** How the methods of the store reach the two connections. */
export interface Access {
  readonly read: <Value>(work: (db: Connection) => Promise<Value>) => Promise<Value>;
  readonly write: <Value>(work: (db: Connection) => Promise<Value>) => Promise<Value>;
}

export interface DeployingAccess extends Access {
  /** As `write`, for what changes what is deployed. */
  readonly deploy: Access["write"];
}
