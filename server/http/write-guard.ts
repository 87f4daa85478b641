import type { Clock } from "../clock.js";
import { ServiceError } from "../errors.js";
import type { StoreHealth } from "../store/store.js";

const WRITE_LIMIT_MS = 10_000;

/**
 * Runs a request that writes. While the service starts, and while the store waits for its disk, it is refused at once, and one that takes longer than
 * ten seconds is answered all the same: a caller can repeat a request, but cannot repair a hanging connection.
 * @param options.isSlow true for what rightly takes long, such as a clone: then there is no limit
 * @throws ServiceError store-waiting
 */
export async function guardWrite<Answer>(
  work: () => Promise<Answer>,
  options: { readonly health: () => StoreHealth; readonly clock: Clock; readonly isSlow: boolean },
): Promise<Answer> {
  const { health, clock, isSlow } = options;
  const before = health();
  if (before.status === "waiting") throw storeWaiting(before.reason);
  if (isSlow) return work();
  let cancel = (): void => undefined;
  const limit = new Promise<never>((_, reject) => {
    cancel = clock.after(WRITE_LIMIT_MS, () => reject(stillUndone(health())));
  });
  try {
    return await Promise.race([work(), limit]);
  } finally {
    cancel();
  }
}

/** Nothing of the request was begun. */
function storeWaiting(reason: string): ServiceError {
  return new ServiceError("store-waiting", `Cannot write now: ${reason}. Try again later`, {
    data: { reason },
  });
}

/** The request is under way and cannot be called back: who repeats it may have it done twice. */
function stillUndone(health: StoreHealth): ServiceError {
  const reason = health.status === "waiting" ? health.reason : "the store took longer than 10 s";
  return new ServiceError(
    "store-waiting",
    `Cannot tell yet whether this is done: ${reason}. It may be done later, so look before you ask again`,
    { data: { reason } },
  );
}
