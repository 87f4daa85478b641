import type { Log } from "../log.js";
import type { Follower } from "./follower.js";

/** One mirror after the other: packing one takes processor time. Returns how many commits were forgotten; one that fails is told. */
export async function tidyMirrors(
  followers: Iterable<Pick<Follower, "row" | "mirror">>,
  { log }: { readonly log: Log },
  stop: AbortSignal,
): Promise<number> {
  let forgotten = 0;
  for (const { row, mirror } of followers) {
    if (stop.aborted) break;
    try {
      forgotten += await mirror.tidy(stop);
    } catch (error) {
      if (!stop.aborted) log.warn("Cannot tidy a mirror up", { url: row.url, reason: String(error) });
    }
  }
  return forgotten;
}
