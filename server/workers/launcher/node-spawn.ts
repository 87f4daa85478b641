import { spawn } from "node:child_process";
import type { ExitStatus, StartCommand, StartedProcess } from "./started-process.js";

/** Starts with Node's own `spawn`: works everywhere, but forks, and a fork copies the page tables of the launcher. */
export function nodeSpawn({ file, args, cwd, env }: StartCommand): Promise<StartedProcess> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    // Once it runs, nothing of it is refused any more.
    child.on("error", reject);
    if (child.pid === undefined) return;
    const exited = new Promise<ExitStatus>((exit) => {
      child.once("exit", (code, signal) => exit({ code, signal }));
    });
    resolve({ processId: child.pid, stdout: child.stdout, stderr: child.stderr, exited });
  });
}
