import { isMessage } from "../channel-message.js";
import type { SqlAnswer, SqlQuery } from "../sql-host.js";

/** What the service tells the process of a database. */
export type HostRequest =
  | { readonly kind: "query"; readonly id: number; readonly query: SqlQuery }
  | { readonly kind: "interrupt"; readonly id: number };

/** What the process of a database tells the service. */
export type HostReport =
  | { readonly kind: "started"; readonly id: number }
  | { readonly kind: "ended"; readonly id: number; readonly answer: SqlAnswer };

/** Null for anything that is not a request. */
export function parseHostRequest(message: unknown): HostRequest | null {
  return isMessage<HostRequest>(message, ["query", "interrupt"]) ? message : null;
}

/** Null for anything that is not a report. */
export function parseHostReport(message: unknown): HostReport | null {
  return isMessage<HostReport>(message, ["started", "ended"]) ? message : null;
}
