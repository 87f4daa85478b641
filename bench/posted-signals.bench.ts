import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Trigger } from "@headwater/workflow";
import { createHttpWorld } from "#test/server/http/http-world.js";
import { activation, deployment } from "#test/server/store/store-rows.js";
import { postsTo, quantile } from "./posts.js";

// Signals by `POST /api/v1/signals`, 64 at once over connections that are kept, to a server in a process of its own in which so many
// triggers listen: of what is heard, and of what nobody hears, beside the same route where nobody is asked who hears. The signals are
// recorded and answered, not matched. Budget: 5,000 a second.

const COUNT = Number(process.env["SUBSCRIPTIONS"] ?? 100_000);
const PER_WORKFLOW = 10;
const SIGNALS = Number(process.env["SIGNALS"] ?? 20_000);
const ROUNDS = Number(process.env["ROUNDS"] ?? 3);
const AT_ONCE = 64;

const [, , phase, kind = ""] = process.argv;
if (phase === "serve") await serve(kind);
else await measure();

async function measure(): Promise<void> {
  const asking = await start("asking");
  const recording = await start("recording");
  const rows = [
    ["that a trigger hears", asking, "updated"],
    ["that nobody hears", asking, "unheard"],
    ["floor: the route that only records", recording, "updated"],
  ] as const;
  console.log("| signals by POST | round | a second | p50, p99 ms | CPU µs each, server |");
  console.log("| --- | --- | --- | --- | --- |");
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [what, server, signal] of rows) {
      const said = await send(server, signal, round === 0 ? Math.min(SIGNALS, 2000) : SIGNALS);
      // The first round warms up.
      if (round > 0) console.log(`| ${what} | ${round} | ${said} |`);
    }
  }
  for (const { child } of [asking, recording]) {
    child.send("stop");
    await once(child, "exit");
  }
}

interface Server {
  readonly url: string;
  readonly child: ChildProcess;
}

async function send({ url, child }: Server, signal: string, number: number): Promise<string> {
  const post = postsTo(url, AT_ONCE);
  const times: number[] = [];
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let index = next++; index < number; index = next++) {
      const params = { table: `t${(index * 7919) % COUNT}`, rows: index };
      const { status, tookMs } = await post({
        path: "/api/v1/signals",
        body: JSON.stringify({ signal, params }),
      });
      if (status >= 300) console.error(`answered ${status}`);
      times.push(tookMs);
    }
  };
  const before = await cpuOf(child);
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  const tookS = (performance.now() - startedAt) / 1000;
  const cpu = ((await cpuOf(child)) - before) / number;
  const late = [0.5, 0.99].map((part) => quantile(times, part).toFixed(1)).join(", ");
  return `${Math.round(number / tookS)} | ${late} | ${cpu.toFixed(0)}`;
}

/** Microseconds. */
async function cpuOf(child: ChildProcess): Promise<number> {
  child.send("cpu");
  return Number(await messageOf(child));
}

async function start(of: "asking" | "recording"): Promise<Server> {
  const child = fork(new URL(import.meta.url), ["serve", of]);
  return { url: String(await messageOf(child)), child };
}

function messageOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once("message", (message: unknown) => resolve(message)));
}

async function serve(of: string): Promise<void> {
  const world = await createHttpWorld();
  const workflows = Array.from({ length: COUNT / PER_WORKFLOW }, (_, workflow) => {
    const triggers = Array.from({ length: PER_WORKFLOW }, (_one, index) =>
      triggerOf(workflow * PER_WORKFLOW + index),
    );
    return [`w${workflow}`, { triggers, version: `v${workflow}` }] as const;
  });
  await world.store.activateDeployment(activation(deployment("d1"), Object.fromEntries(workflows)));
  if (of === "recording")
    Object.assign(world.store, { findSignalAudience: async () => ({ triggers: 1, gates: 0, meant: null }) });
  process.on("message", (message) => {
    if (message === "cpu") {
      const { user, system } = process.cpuUsage();
      process.send?.(user + system);
    } else void world.stop().then(() => process.exit());
  });
  process.send?.(world.url);
}

function triggerOf(index: number): Trigger {
  const match = [{ param: "table", operator: "eq", value: `t${index}` }] as const;
  return { kind: "signal", signal: "updated", match, if: null, dedupe: null, params: {} };
}
