import type { BackfillPlan, ScheduleEra } from "@headwater/engine";
import type { ScheduleTrigger, WorkflowDefinition } from "@headwater/workflow";
import { ServiceError } from "../../errors.js";
import type { Versions } from "../../runs/versions.js";
import type { BackfillRow } from "../../store/backfills.js";
import type { Store } from "../../store/store.js";

/** So many versions may a workflow have had within the slots of one backfill. */
const CHANGES_MAX = 1000;

/** What decides which runs a backfill makes: read anew whenever it goes on, since of the past nothing changes. */
export async function planOf(
  row: BackfillRow,
  { store, versions }: { readonly store: Pick<Store, "listVersionChanges">; readonly versions: Versions },
): Promise<BackfillPlan> {
  const { selection, order, binding } = row;
  if (selection.kind !== "slots") return { selection, order, eras: [] };
  const { from, before } = selection;
  if (binding.kind !== "then") {
    const { definition } = await versions.read(binding.versionId);
    return { selection, order, eras: [{ from, before, schedules: schedulesOf(definition) }] };
  }
  const changes = await store.listVersionChanges(row, { from, before, limit: CHANGES_MAX + 1 });
  if (changes.length > CHANGES_MAX) {
    throw new ServiceError(
      "invalid-backfill",
      `Cannot backfill "${row.project}/${row.workflow}" as it was: it has had more than ${CHANGES_MAX} versions in that time. Make several backfills of shorter times`,
    );
  }
  const eras: ScheduleEra[] = [];
  for (const [index, { since, versionId }] of changes.entries()) {
    if (versionId === null) continue;
    const { definition } = await versions.read(versionId);
    eras.push({
      from: since,
      before: changes[index + 1]?.since ?? before,
      schedules: schedulesOf(definition),
    });
  }
  return { selection, order, eras };
}

/** The schedules of a workflow, in their order. */
export function schedulesOf({ triggers }: WorkflowDefinition): readonly ScheduleTrigger[] {
  return triggers.filter((trigger) => trigger.kind === "schedule");
}
