import type { AttemptResult } from "@headwater/engine";

/** Begins and succeeds, before anybody could stop it. */
export function noop(onStarted: () => void): AttemptResult {
  onStarted();
  return { status: "succeeded", outputs: {} };
}
