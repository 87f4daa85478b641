import type { Step } from "@headwater/api";

/** A step of a run and how many loops are around it. */
export interface PlacedStep {
  readonly step: Step;
  readonly depth: number;
}

/**
 * Steps in the order in which a person reads them: each in its place, iterations under the step that loops, by number. A step
 * whose loop is not among them stands where it came.
 */
export function placeSteps(steps: readonly Step[]): readonly PlacedStep[] {
  const paths = new Set(steps.map(({ path }) => path));
  const inner = new Map<string, Step[]>();
  const top: Step[] = [];
  for (const step of steps) {
    const loop = loopOf(step.path);
    if (loop === null || !paths.has(loop)) top.push(step);
    else if (!inner.get(loop)?.push(step)) inner.set(loop, [step]);
  }
  return placeLevel(top, 0, inner);
}

function placeLevel(
  level: readonly Step[],
  depth: number,
  inner: ReadonlyMap<string, readonly Step[]>,
): readonly PlacedStep[] {
  return level.flatMap((step) => {
    const iterations = inner.get(step.path) ?? [];
    const byIteration = iterations.toSorted((a, b) => iterationOf(a.path) - iterationOf(b.path));
    return [{ step, depth }, ...placeLevel(byIteration, depth + 1, inner)];
  });
}

/** The step that holds the iteration of a path: `load` of `load[3].copy`; null at the top. */
function loopOf(path: string): string | null {
  const bracket = path.lastIndexOf("[");
  return bracket < 0 ? null : path.slice(0, bracket);
}

function iterationOf(path: string): number {
  return Number(path.slice(path.lastIndexOf("[") + 1, path.lastIndexOf("]")));
}
