import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createClient } from "@headwater/api";

/** The service in a process of its own. */
export interface Served {
  readonly child: ChildProcess;
  readonly url: string;
  readonly client: ReturnType<typeof createClient>;
}

/** Source: sysconf(3), _SC_CLK_TCK */
const TICKS_PER_SECOND = 100;

/** A service on this data folder, once it answers that it is well. */
export async function serve(
  data: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const script = new URL("../../cli/bin/headwater.js", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, "serve", "--port", "0", "--data", data], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.on("exit", () => reject(new RangeError(`the service has ended: ${said}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      said = `${said}${chunk.toString()}`.slice(0, 10_000);
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (found !== null) resolve(found[0]);
    });
  });
  const client = createClient({ baseUrl: url, fetch });
  await client.getHealth({});
  return { child, url, client };
}

export async function end({ child }: Served): Promise<void> {
  child.kill("SIGTERM");
  await once(child, "exit");
}

/** Of the process and of all its children that have ended. Source: proc(5), stat */
export function cpuSeconds({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const ticks = fields.slice(11, 15).map(Number);
  return ticks.reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND;
}

export function memoryMb({ pid }: ChildProcess, field: string): number {
  const found = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Math.round(Number(found?.[1]) / 1024);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
