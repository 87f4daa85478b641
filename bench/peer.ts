import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A contestant in a process of its own that answers a line with the milliseconds that the round took, measured inside. */
export interface LineProcess {
  round(line: string): Promise<number>;
  stop(): Promise<void>;
}

const PEERS = join(import.meta.dirname, "..", "peers");

/** Starts a peer, see `peers/rounds.mjs`; null when the peers are not installed or its server is not on this machine. */
export async function startPeer(name: "bullmq" | "dbos" | "actions"): Promise<LineProcess | null> {
  if (!existsSync(join(PEERS, "node_modules"))) return null;
  const child = startLineProcess(process.execPath, [join(PEERS, `${name}.mjs`)]);
  const ready = await child.line();
  return ready === null ? null : child;
}

/** Starts the process; its answers are lines of standard output. */
export function startLineProcess(
  command: string,
  args: readonly string[],
): LineProcess & { line(): Promise<string | null> } {
  const child = spawn(command, args, {
    stdio: ["pipe", "pipe", "ignore"],
    cwd: join(import.meta.dirname, ".."),
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string | null> => {
    const next = await lines.next();
    return next.done === true ? null : next.value;
  };
  return {
    line,
    async round(text) {
      child.stdin.write(`${text}\n`);
      return Number(await line());
    },
    async stop() {
      child.stdin.end();
      await new Promise((resolve) => child.once("close", resolve));
    },
  };
}
