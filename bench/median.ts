/** Milliseconds that each of `rounds` calls took, the median of them, smallest and largest beside it. */
export interface Timing {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Interleaves the contestants, a round each in turn, so that a busy moment of the machine hits all alike. A contestant
 * that answers a number has timed the part that counts itself.
 */
export async function timeInTurns<Name extends string>(
  rounds: number,
  contestants: Readonly<Record<Name, () => Promise<number | void>>>,
): Promise<Readonly<Record<Name, Timing>>> {
  const names = Object.keys(contestants) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const name of names) {
      const startedAt = performance.now();
      const own = await contestants[name]();
      // The first round warms up.
      if (round >= 0) times.get(name)?.push(own ?? performance.now() - startedAt);
    }
  }
  return Object.fromEntries(names.map((name) => [name, summarise(times.get(name) ?? [])])) as Record<
    Name,
    Timing
  >;
}

function summarise(times: readonly number[]): Timing {
  const sorted = [...times].sort((a, b) => a - b);
  return {
    median: sorted[sorted.length >> 1] ?? NaN,
    min: sorted[0] ?? NaN,
    max: sorted.at(-1) ?? NaN,
  };
}

/** A Markdown table of timings, each as a ratio to the one that is called the floor. */
export function tableOf(timings: Readonly<Record<string, Timing>>, floor: string): string {
  const base = timings[floor]?.median ?? NaN;
  const rows = Object.entries(timings).map(
    ([name, { median, min, max }]) =>
      `| ${name} | ${median.toFixed(1)} | ${min.toFixed(1)} – ${max.toFixed(1)} | ${(median / base).toFixed(2)} |`,
  );
  return ["| | median ms | min – max | ratio |", "| --- | --- | --- | --- |", ...rows].join("\n");
}
