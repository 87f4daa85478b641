import { yieldProcessor } from "#test/yield-processor.js";
import { SeedPlayer } from "./seed-player.js";

// A process that plays the seeds from its first argument up to its second, and tells what they were like, or what failed.

const [from = 0, to = 0] = process.argv.slice(2).map(Number);
// Refusals are answers here, thousands of them. Who replays a seed that fails gets its stack.
Error.stackTraceLimit = 0;
yieldProcessor();
const player = await SeedPlayer.open();
const total = { seeds: 0, lives: 0, runs: 0, attempts: 0 };
try {
  for (let seed = from; seed < to; seed += 1) {
    const { lives, runs, attempts } = await player.inMemory(seed);
    total.seeds += 1;
    total.lives += lives;
    total.runs += runs;
    total.attempts += attempts;
  }
  process.stdout.write(JSON.stringify(total));
} catch (error) {
  process.stderr.write(String(error));
  process.exitCode = 1;
} finally {
  await player.close();
}
