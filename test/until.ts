/** Waits until `condition` answers something, asking again every few milliseconds; fails with `what` after `withinMs`. */
export async function until<Value>(
  what: string,
  condition: () => Value | null | undefined | false | Promise<Value | null | undefined | false>,
  withinMs = 60_000,
): Promise<Value> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const value = await condition();
    if (value !== null && value !== undefined && value !== false) return value;
    if (performance.now() > deadline)
      throw new NeverHappened(`this did not happen within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

class NeverHappened extends Error {
  readonly code = "never-happened";
}
