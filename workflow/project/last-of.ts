/** What a work in steps gives in the end, done in one piece. */
export function lastOf<T>(work: Generator<undefined, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
