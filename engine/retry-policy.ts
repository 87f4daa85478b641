import type { RetryPolicy } from "@headwater/workflow";

/** The classes of failure that `retry` counts apart. */
export type FailureClass = "error" | "platform" | "timeout";

/** How many retries the policy allows after failures of a class. */
export function retriesAllowed(policy: RetryPolicy, failure: FailureClass): number {
  switch (failure) {
    case "error":
      return policy.errors;
    case "platform":
      return policy.platform;
    case "timeout":
      return policy.timeouts;
  }
}

/** The wait before the retry with that number (1, 2, …) of its class, in milliseconds. */
export function retryDelayMs(policy: RetryPolicy, retry: number): number {
  const factor = policy.backoff === "exponential" ? 2 ** (retry - 1) : 1;
  return Math.min(policy.delayMs * factor, policy.maxDelayMs);
}
