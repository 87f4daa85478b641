import { sleep, type Clock } from "../clock.js";
import { ServiceError } from "../errors.js";
import type { Log } from "../log.js";

const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 5000;

/** What no later try mends while this service is up. */
const LASTING: ReadonlySet<string> = new Set([
  "store-stopped",
  "database-corrupt",
  "SQLITE_ERROR",
  "SQLITE_MISUSE",
]);

export interface Patience {
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the waiting; what was refused last is thrown. */
  readonly stopping: AbortSignal;
}

/**
 * Reads until the store answers, as its writes are tried until they are done: a run whose read was refused once would stand still
 * until the next start of the service. @throws what another try would not mend
 */
export async function readPatiently<Value>(
  read: () => Promise<Value>,
  { clock, log, stopping }: Patience,
): Promise<Value> {
  for (let retryMs = RETRY_FIRST_MS; ; retryMs = Math.min(2 * retryMs, RETRY_MAX_MS)) {
    try {
      return await read();
    } catch (error) {
      if (stopping.aborted || !mayPass(error)) throw error;
      log.warn("Cannot read the store now, tries again", { reason: error.message, retryMs });
      await sleep(clock, retryMs, stopping);
    }
  }
}

function mayPass(error: unknown): error is Error {
  if (!(error instanceof Error) || error instanceof ServiceError) return false;
  return "code" in error && !LASTING.has(String(error.code));
}
