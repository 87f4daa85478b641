import { createStartProcess } from "../../processes/create-start-process.js";
import { nodeSpawn } from "../../processes/node-spawn.js";
import { Launcher } from "./launcher.js";
import { parseLauncherRequest } from "./protocol.js";

/**
 * The process of a launcher: a small one that starts attempts for the service and owns their pipes, logs and sessions. It lives as
 * long as its channel to the service: when that closes, whatever killed the service, every session is ended and nothing is
 * left behind.
 */
const startProcess = process.argv.includes("node") ? nodeSpawn : createStartProcess();
const launcher = new Launcher(startProcess, (report) => {
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
