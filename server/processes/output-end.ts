import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";

/** Until the last who holds the other end of a pipe has let go of it, or it broke. Somebody must read it. */
export async function outputEnd(output: Readable): Promise<void> {
  // What a process left in a pipe that broke nobody reads any more.
  await finished(output, { writable: false }).catch(() => undefined);
}
