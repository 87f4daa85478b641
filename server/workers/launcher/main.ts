import { LaunchedProcess } from "./launched-process.js";
import { parseLauncherRequest, type LauncherReport, type LauncherRequest } from "./protocol.js";

/**
 * The launcher: a small process that starts attempts for the service, because a fork copies the page tables of
 * whoever forks, and the service is big. It lives as long as its channel to the service: when that closes, whatever killed
 * the service, every group is ended and nothing is left behind.
 */
const ORPHAN_GRACE_MS = 500;
const running = new Map<number, LaunchedProcess>();

// Whoever stops the service (a terminal, a supervisor) signals the launcher as well; only the closed channel ends it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

process.on("message", (message) => {
  const request = parseLauncherRequest(message);
  if (request !== null) perform(request);
});
process.on("disconnect", () => void endAll());

function perform(request: LauncherRequest): void {
  switch (request.kind) {
    case "start":
      return start(request);
    case "stop":
      return running.get(request.id)?.stopAsCommanded();
  }
}

function start({ id, command }: Extract<LauncherRequest, { kind: "start" }>): void {
  try {
    const launched = new LaunchedProcess(command, {
      onStarted: (processId) => report({ kind: "started", id, processId }),
      onEnded: (exit) => {
        running.delete(id);
        report({ kind: "ended", id, exit });
      },
      onRefused: (error) => refuse(id, error),
    });
    running.set(id, launched);
  } catch (error) {
    // Some refusals are thrown instead of emitted, such as a null byte in an argument.
    refuse(id, error);
  }
}

function refuse(id: number, error: unknown): void {
  running.delete(id);
  const errno = error instanceof Error && "code" in error ? String(error.code) : "";
  report({ kind: "refused", id, errno, message: error instanceof Error ? error.message : String(error) });
}

function report(message: LauncherReport): void {
  // A report that cannot be sent has no reader: the service is gone, and `disconnect` follows.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

async function endAll(): Promise<void> {
  await Promise.all([...running.values()].map((launched) => launched.stop(ORPHAN_GRACE_MS)));
  process.exit(0);
}
