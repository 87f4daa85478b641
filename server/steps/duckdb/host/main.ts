import { parseHostRequest } from "../protocol.js";
import { DatabaseHost } from "./database-host.js";

/**
 * The process of one project's database: only one process may have a DuckDB file open, and a query that takes all memory must
 * take nobody else along. It lives as long as its channel to the service.
 */
const CLOSE_WITHIN_MS = 2000;
const host = new DatabaseHost((report) => {
  // A report that cannot be sent has no reader: the service is gone, and `disconnect` follows.
  if (process.connected) process.send?.(report, undefined, undefined, () => undefined);
});

// Whoever stops the service (a terminal, a supervisor) signals this process as well; only the closed channel ends it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

process.on("message", (message) => {
  const request = parseHostRequest(message);
  if (request !== null) host.perform(request);
});
process.on("disconnect", () => {
  // Threads of a query that does not heed its interrupt would keep the process alive, and the file locked.
  setTimeout(() => process.kill(process.pid, "SIGKILL"), CLOSE_WITHIN_MS);
  void host.close().then(() => process.exit(0));
});
