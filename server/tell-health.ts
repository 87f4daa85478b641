import type { Log } from "./log.js";
import type { StoreHealth } from "./store/store.js";

/**
 * Tells the operator when writes begin to wait and when they go on, each once: the store says so again with every try. Both
 * are told as warnings: who has read the first in a terminal must read the second there too.
 */
export function tellHealth(log: Pick<Log, "warn">): (health: StoreHealth) => void {
  let told: string | null = null;
  return (health) => {
    const reason = health.status === "waiting" ? health.reason : null;
    if (reason === told) return;
    told = reason;
    if (reason === null) log.warn("Writes go on, nothing was lost");
    else log.warn(`Cannot write now: ${reason}. What was decided is kept, and written as soon as it can be`);
  };
}
