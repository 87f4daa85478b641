// Every peer is a process that answers rounds: a line such as `chain 40` comes in, the milliseconds it took go out.
import { createServer } from "node:net";
import { createInterface } from "node:readline";

/** Says `ready`, then answers each line until the input ends. */
export async function answerRounds(rounds) {
  console.log("ready");
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, size] = line.split(" ");
    const startedAt = performance.now();
    await rounds[name](Number(size));
    console.log(performance.now() - startedAt);
  }
}

export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
