import { spawn } from "node:child_process";
import type { ExitStatus, StartCommand, StartedProcess } from "./started-process.js";

/** Starts with Node's own `spawn`: works everywhere, but forks, and a fork copies the page tables of who does it. */
export function nodeSpawn({
  file,
  args,
  cwd,
  env,
  isTalkedTo = false,
}: StartCommand): Promise<StartedProcess> {
  return new Promise((resolve, reject) => {
    const input = isTalkedTo ? "pipe" : "ignore";
    const child = spawn(file, args, { cwd, env, detached: true, stdio: [input, "pipe", "pipe"] });
    // Once it runs, nothing of it is refused any more.
    child.on("error", reject);
    if (child.pid === undefined) return;
    const exited = new Promise<ExitStatus>((exit) => {
      child.once("exit", (code, signal) => exit({ code, signal }));
    });
    const { pid: processId, stdin, stdout, stderr } = child;
    // Both were asked for as pipes.
    if (stdout !== null && stderr !== null) resolve({ processId, stdin, stdout, stderr, exited });
  });
}
