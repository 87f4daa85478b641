import type { Actor } from "@headwater/engine";
import { actorText } from "@headwater/engine";
import type { Clock } from "../clock.js";
import { ServiceError } from "../errors.js";
import type { RunRow, Store, WorkflowKey } from "../store/store.js";

/** Lets the failed run pass that holds up its workflow. Of two who ask for it the second hears who did it. */
export async function letBlockingRunPass(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  key: WorkflowKey,
  actor: Actor,
): Promise<RunRow> {
  const blocking = await store.findBlockingRun(key);
  const isDone = blocking !== null && (await store.unblockRun(blocking.id, { ...actor, at: clock.now() }));
  if (!isDone) throw await notBlocked(store, key);
  return (await store.findRun(blocking.id)) ?? blocking;
}

async function notBlocked(store: Store, key: WorkflowKey): Promise<ServiceError> {
  const before = await store.findUnblock(key);
  const why =
    before === null
      ? "its latest run did not fail"
      : `its latest run, #${before.number}, was unblocked already ${actorText(before)}`;
  return new ServiceError("workflow-not-blocked", `Cannot unblock "${key.project}/${key.workflow}": ${why}`);
}
