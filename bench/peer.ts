import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A peer in a process of its own, see `peers/rounds.mjs`. */
export interface Peer {
  /** Milliseconds that one round took, measured inside the peer. */
  round(line: string): Promise<number>;
  stop(): Promise<void>;
}

const FOLDER = join(import.meta.dirname, "..", "peers");

/** Starts a peer; null when the peers are not installed (`npm ci` in `bench/peers`) or its server is not on this machine. */
export async function startPeer(name: "bullmq" | "dbos"): Promise<Peer | null> {
  if (!existsSync(join(FOLDER, "node_modules"))) return null;
  const child = spawn(process.execPath, [join(FOLDER, `${name}.mjs`)], {
    stdio: ["pipe", "pipe", "ignore"],
    cwd: FOLDER,
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ready = await lines.next();
  if (ready.done === true) return null;
  return {
    async round(line) {
      child.stdin.write(`${line}\n`);
      const answer = await lines.next();
      return answer.done === true ? NaN : Number(answer.value);
    },
    async stop() {
      child.stdin.end();
      await new Promise((resolve) => child.once("close", resolve));
    },
  };
}
