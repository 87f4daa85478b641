import type { Clock } from "../clock.js";

/** So long one thing may hold up all others of the process: a request, a schedule, a result of a step. */
const SLICE_MS = 10;

/** Carries long work out step by step, and lets others have their turn whenever it has taken some milliseconds. Answers what it returns. */
export async function takeTurns<Result>(
  work: Iterator<unknown, Result>,
  clock: Pick<Clock, "steady" | "afterTurn">,
): Promise<Result> {
  for (let startedAt = clock.steady(); ;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (clock.steady() - startedAt < SLICE_MS) continue;
    await new Promise<void>((resolve) => clock.afterTurn(resolve));
    startedAt = clock.steady();
  }
}
