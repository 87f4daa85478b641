import { Launcher } from "./launcher.js";
import { loadLibc } from "./libc.js";
import { nodeSpawn } from "./node-spawn.js";
import { createPosixSpawn } from "./posix-spawn.js";
import { parseLauncherRequest } from "./protocol.js";

/**
 * The process of a launcher: a small one that starts attempts for the service and owns their pipes, logs and sessions. It lives as
 * long as its channel to the service: when that closes, whatever killed the service, every session is ended and nothing is
 * left behind.
 */
const libc = process.argv.includes("node") ? null : loadLibc();
const launcher = new Launcher(libc === null ? nodeSpawn : createPosixSpawn(libc), (report) => {
  // A report that cannot be sent has no reader: the service is gone, and `disconnect` follows.
  if (process.connected) process.send?.(report, undefined, undefined, () => undefined);
});

// Whoever stops the service (a terminal, a supervisor) signals the launcher as well; only the closed channel ends it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

process.on("message", (message) => {
  const request = parseLauncherRequest(message);
  if (request !== null) launcher.perform(request);
});
process.on("disconnect", () => void launcher.endAll().then(() => process.exit(0)));
