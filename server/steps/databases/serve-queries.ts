import { parseHostRequest } from "./protocol.js";
import { QueryHost, type Engine } from "./query-host.js";

const CLOSE_WITHIN_MS = 2000;

/** What the process of a database does: it executes what its channel brings, and lives as long as that channel to the service. */
export function serveQueries(engine: Engine): void {
  const host = new QueryHost(engine, (report) => {
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
}
