import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { SeedPlayer } from "./seed-player.js";

const SEEDS = 10_000;
/** So many are played on the disk as well. */
const ON_DISK = 20;

interface Total {
  readonly seeds: number;
  readonly lives: number;
  readonly runs: number;
  readonly attempts: number;
}

describe("engine, store and workers under a seed", () => {
  let player: SeedPlayer;

  before(async () => {
    player = await SeedPlayer.open();
  });
  after(() => player.close());

  it("keep every invariant through kills, lost answers, clocks that are set, and people, ten thousand times", async function () {
    this.timeout(1_200_000);
    const only = process.env["SEED"];
    if (only !== undefined) return void (await player.inMemory(Number(only)));
    const processes = Math.min(4, availableParallelism());
    const share = Math.ceil(SEEDS / processes);
    const totals = await Promise.all(
      Array.from({ length: processes }, (_, index) =>
        playApart(index * share, Math.min(SEEDS, (index + 1) * share)),
      ),
    );
    const sum = (what: keyof Total): number => totals.reduce((total, report) => total + report[what], 0);
    assert.equal(sum("seeds"), SEEDS);
    // Trouble was there: kills, and what they had interrupted.
    assert.ok(
      sum("lives") > 2 * SEEDS && sum("attempts") > 10 * SEEDS && sum("runs") > 3 * SEEDS,
      JSON.stringify(totals),
    );
  });

  it("go the same way, to the millisecond, on the store that people use", async function () {
    this.timeout(300_000);
    for (let seed = 0; seed < ON_DISK; seed += 1) {
      const { trace } = await player.inMemory(seed);
      assert.equal((await player.onDisk(seed)).trace, trace, `seed ${seed}`);
    }
  });
});

async function playApart(from: number, to: number): Promise<Total> {
  const file = join(import.meta.dirname, "seeds-process.js");
  const { stdout } = await promisify(execFile)(process.execPath, [file, String(from), String(to)]);
  return JSON.parse(stdout) as Total;
}
