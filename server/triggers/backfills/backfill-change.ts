import type { Change } from "../../changes/change-feed.js";
import type { BackfillRow } from "../../store/backfills.js";

/** What is told of a backfill that has begun, moved on, or changed its status. */
export function backfillChange({ id, project, environment, workflow, status }: BackfillRow): Change {
  return { kind: "backfill", backfillId: id, project, environment, workflow, status };
}
