// BullMQ on Redis with `appendfsync always`: 40 jobs each adding the next, and a flow of 1,000 children with a parent.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FlowProducer, Queue, QueueEvents, Worker } from "bullmq";
import { answerRounds, freePort } from "./rounds.mjs";

const folder = mkdtempSync(join(tmpdir(), "headwater-redis-"));
const port = await freePort();
const redis = spawn(
  "redis-server",
  [
    "--port",
    port,
    "--bind",
    "127.0.0.1",
    "--dir",
    folder,
    "--appendonly",
    "yes",
    "--appendfsync",
    "always",
    "--save",
    "",
  ].map(String),
  { stdio: "ignore" },
);
const connection = { host: "127.0.0.1", port, maxRetriesPerRequest: null };
const queue = new Queue("steps", { connection });
const flows = new FlowProducer({ connection });
const events = new QueueEvents("steps", { connection });
let chainDone = () => undefined;
const worker = new Worker(
  "steps",
  async (job) => {
    if (job.name !== "chain") return;
    if (job.data.left === 0) chainDone();
    else await queue.add("chain", { left: job.data.left - 1 });
  },
  { connection, concurrency: 100 },
);
await events.waitUntilReady();
await worker.waitUntilReady();

await answerRounds({
  async chain(steps) {
    const done = new Promise((resolve) => (chainDone = resolve));
    await queue.add("chain", { left: steps - 1 });
    await done;
  },
  async fan(jobs) {
    const children = Array.from({ length: jobs }, (_child, index) => ({
      name: "child",
      queueName: "steps",
      data: { index },
    }));
    const flow = await flows.add({ name: "parent", queueName: "steps", data: {}, children });
    await flow.job.waitUntilFinished(events);
  },
});
await Promise.all([worker.close(), queue.close(), flows.close(), events.close()]);
redis.kill();
rmSync(folder, { recursive: true, force: true });
