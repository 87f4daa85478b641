import { parseHostRequest, type HostReport, type HostRequest } from "../protocol.js";
import { Database, DatabaseUnavailable } from "./database.js";
import { Execution } from "./execution.js";

/**
 * The process of one project's database: only one process may have a DuckDB file open, and a query that takes all memory must
 * take nobody else along. It lives as long as its channel to the service.
 */
const CLOSE_WITHIN_MS = 2000;
const database = new Database();
const executions = new Map<number, Execution>();
/** Interrupted while they were waiting for a connection. */
const interruptedEarly = new Set<number>();

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

process.on("message", (message) => {
  const request = parseHostRequest(message);
  if (request !== null) perform(request);
});
process.on("disconnect", () => void leave());

function perform(request: HostRequest): void {
  switch (request.kind) {
    case "query":
      return void execute(request);
    case "interrupt": {
      const execution = executions.get(request.id);
      if (execution === undefined) interruptedEarly.add(request.id);
      return execution?.interrupt();
    }
  }
}

async function execute({ id, query }: Extract<HostRequest, { kind: "query" }>): Promise<void> {
  report({ kind: "started", id });
  try {
    const execution = new Execution(await database.connect(), query);
    executions.set(id, execution);
    if (interruptedEarly.has(id)) execution.interrupt();
    report({ kind: "ended", id, answer: await execution.run() });
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    report({ kind: "ended", id, answer: { kind: "unavailable", message: error.message } });
  } finally {
    executions.delete(id);
    interruptedEarly.delete(id);
  }
}

function report(message: HostReport): void {
  // A report that cannot be sent has no reader: the service is gone, and `disconnect` follows.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Closing writes the log of the database into its file; a kill would only make the next start do it. */
async function leave(): Promise<void> {
  setTimeout(() => process.kill(process.pid, "SIGKILL"), CLOSE_WITHIN_MS);
  for (const execution of executions.values()) execution.interrupt();
  if (executions.size === 0) await database.close();
  process.exit(0);
}
