import { spawnSync } from "node:child_process";
import { join } from "node:path";

// Loops of no-op jobs. Budgets: at least 25,000 jobs/s, the rate at 100,000 within 1.2 of that at 10,000, under 400 MB, under 200
// bytes of the heap for an iteration of two steps that has ended. A million jobs by hand: ITERATIONS=1000000.

const sizes = process.env["ITERATIONS"]?.split(",") ?? ["10000", "100000"];
console.log(
  "| jobs | jobs/s | CPU µs a job | peak RSS MB | bytes stored a job | heap bytes an ended iteration of two steps | events replayed | restart s |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
for (const size of sizes) {
  const measured = join(import.meta.dirname, "loop-measured.js");
  spawnSync(process.execPath, ["--expose-gc", measured, size], { stdio: "inherit" });
}
