// The floor, in a small process of its own: a line `400 8` asks for 400 spawns, 8 at once; the milliseconds they took are the answer.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

for await (const line of createInterface({ input: process.stdin })) {
  const [count = 0, parallel = 1] = line.split(" ").map(Number);
  let left = count;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      while (left > 0) {
        left -= 1;
        await spawnOnce();
      }
    }),
  );
  process.stdout.write(`${performance.now() - startedAt}\n`);
}

function spawnOnce(): Promise<void> {
  return new Promise((resolve, reject) => {
    spawn("sh", ["-c", "true"])
      .once("close", () => resolve())
      .once("error", reject);
  });
}
