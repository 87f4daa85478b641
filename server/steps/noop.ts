import type { AttemptRequest } from "@headwater/engine";
import type { StepKind } from "./step-context.js";

type NoopRequest = Extract<AttemptRequest, { readonly kind: "noop" }>;

/** Begins and succeeds. */
export const noop: StepKind<NoopRequest> = async (_attempt, _stop, onStarted) => {
  onStarted();
  return { status: "succeeded", outputs: {} };
};
