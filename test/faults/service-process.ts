import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createClient } from "@headwater/api";
import type { Client } from "@headwater/api";
import { childrenOf, descendantsOf, signalProcess } from "./process-tree.js";

const HEADWATER = join(import.meta.dirname, "..", "..", "..", "cli", "bin", "headwater.js");

/** The real service in a process of its own, to be killed at any moment. */
export interface ServiceProcess {
  readonly client: Client;
  readonly url: string;
  readonly processId: number;
  /** SIGKILL, and gone. */
  kill(): Promise<void>;
  /** SIGTERM, and gone in order. Answers the exit code. */
  stop(): Promise<number | null>;
  /** What it printed. */
  output(): string;
}

/** A service that may not be up yet. */
export interface SpawnedService {
  /** Resolves when it answers; rejects when it ended before. */
  readonly up: Promise<ServiceProcess>;
  /** Resolves when it is gone, however it ended. */
  readonly gone: Promise<void>;
  /** SIGKILL, and gone. What it has started is not touched. */
  kill(): Promise<void>;
  /** SIGKILL to it and, where there is /proc, to its launchers, so that nobody is left to end the attempts. */
  killWithLaunchers(): Promise<void>;
  /** SIGKILL to it and, where there is /proc, to everything that it has started, launchers and attempts. */
  killAll(): Promise<void>;
  /** It stands still, and knows nothing of it, until `resume`. */
  freeze(): void;
  resume(): void;
}

/** Starts `headwater serve` on a free port; resolves when it answers. */
export function startServiceProcess(
  dataFolder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServiceProcess> {
  return spawnServiceProcess(dataFolder, environment).up;
}

/** Begins to start `headwater serve` on a free port. */
export function spawnServiceProcess(
  dataFolder: string,
  environment: Readonly<Record<string, string>> = {},
): SpawnedService {
  const child = spawn(process.execPath, [HEADWATER, "serve", "--port", "0", "--data", dataFolder], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", ...environment },
  });
  let output = "";
  child.stderr.on("data", (data: Buffer) => (output += data.toString()));
  const up = new Promise<ServiceProcess>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      output += `${line}\n`;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (url === undefined) return;
      const client = createClient({ baseUrl: url, fetch });
      const stop = (): Promise<number | null> => end(child, "SIGTERM");
      resolve({ url, client, processId: child.pid ?? 0, kill, stop, output: () => output });
    });
    child.once("exit", (code) =>
      reject(new ServiceProcessError(`the service ended with ${code} before it was up:\n${output}`)),
    );
  });
  const gone = new Promise<void>((resolve) => void child.once("exit", () => resolve()));
  // Who kills it before it is up need not wait for it.
  up.catch(() => undefined);
  const kill = async (): Promise<void> => void (await end(child, "SIGKILL"));
  return {
    up,
    gone,
    kill,
    async killWithLaunchers() {
      const launchers = childrenOf(child.pid ?? 0);
      // Standing still they do not see that the service is gone.
      for (const launcher of launchers) signalProcess(launcher, "SIGSTOP");
      await kill();
      for (const launcher of launchers) signalProcess(launcher, "SIGKILL");
    },
    async killAll() {
      const started = descendantsOf(child.pid ?? 0);
      await kill();
      for (const one of started) signalProcess(one, "SIGKILL");
    },
    freeze: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
  };
}

class ServiceProcessError extends Error {
  readonly code = "service-process";
}

/** Waits for its exit, not for its pipes: what it has started may hold them for longer. */
async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
  return child.exitCode;
}
