import { DatabaseError } from "pg";
import { QueryProblem } from "../../databases/query-problem.js";
import { RefusedAddress } from "../../http/address.js";

/** Classes of SQLSTATE that are no fault of the query: connections, resources, shutdowns, the server's disk. */
const SERVERS = /^(?:08|53|57P|58)/;

/** How pg says that a connection was lost, or not made in time. */
const LOST = /^(?:Connection terminated|timeout expired|Client was closed|Client has encountered)/;

/** Whether another attempt may find it otherwise though the query stays the same: what the server, the system or a lost connection tells. */
export function isServersFault(error: unknown): boolean {
  if (error instanceof DatabaseError) return SERVERS.test(error.code ?? "") && !takesNoParams(error);
  if (!(error instanceof Error) || error instanceof QueryProblem || error instanceof RefusedAddress)
    return false;
  if (isTlsProblem(error)) return false;
  return LOST.test(error.message) || ("code" in error && /^E[A-Z]/.test(String(error.code)));
}

/** In words for whoever wrote the query. */
export function messageOf(error: unknown): string {
  if (error instanceof QueryProblem) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (error instanceof DatabaseError && takesNoParams(error)) {
    return "PostgreSQL takes no params in this statement: it plans only select, insert, update, delete, merge and values with them";
  }
  if (error instanceof DatabaseError) {
    const rest = [error.detail, error.hint].filter((text) => text !== undefined);
    return [error.message, ...rest.map((text) => text.replace(/\.$/, ""))].join(". ");
  }
  // Several addresses that all refuse have no words of their own.
  const reason = error.message === "" && "code" in error ? String(error.code) : error.message;
  const advice = isTlsProblem(error)
    ? ": give the URL sslrootcert=FILE, or sslmode=disable where the network is trusted"
    : "";
  return `Cannot reach the database: ${reason}${advice}`;
}

/** It counts the params of a statement that it plans; what else it executes, such as `create view`, has none. */
function takesNoParams({ code, message }: DatabaseError): boolean {
  return code === "08P01" && message.startsWith("bind message supplies");
}

function isTlsProblem(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  return (
    error.message.includes("does not support SSL") ||
    /^(?:CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code)
  );
}
