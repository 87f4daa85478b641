import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createClient } from "@headwater/api";
import type { Client } from "@headwater/api";

const HEADWATER = join(import.meta.dirname, "..", "..", "..", "cli", "bin", "headwater.js");

/** The real service in a process of its own, to be killed at any moment. */
export interface ServiceProcess {
  readonly client: Client;
  readonly url: string;
  /** SIGKILL, and gone. */
  kill(): Promise<void>;
  /** SIGTERM, and gone in order. Answers the exit code. */
  stop(): Promise<number | null>;
  /** What it printed. */
  output(): string;
}

/** Starts `headwater serve` on a free port; resolves when it answers. */
export async function startServiceProcess(
  dataFolder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [HEADWATER, "serve", "--port", "0", "--data", dataFolder], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", ...environment },
  });
  let output = "";
  child.stderr.on("data", (data: Buffer) => (output += data.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      output += `${line}\n`;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (found !== undefined) resolve(found);
    });
    child.once("close", (code) =>
      reject(new ServiceProcessError(`the service ended with ${code} before it was up:\n${output}`)),
    );
  });
  return {
    url,
    client: createClient({ baseUrl: url, fetch }),
    kill: async () => void (await end(child, "SIGKILL")),
    stop: () => end(child, "SIGTERM"),
    output: () => output,
  };
}

class ServiceProcessError extends Error {
  readonly code = "service-process";
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const closed = once(child, "close");
  child.kill(signal);
  await closed;
  return child.exitCode;
}
