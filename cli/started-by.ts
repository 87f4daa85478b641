import type { Run } from "@headwater/api";

/** What started a run, in a few words. */
export function startedBy(trigger: Run["trigger"]): string {
  switch (trigger.kind) {
    case "manual":
      return trigger.by;
    case "schedule":
      return `schedule ${trigger.schedule}`;
    case "signal":
      return `signal ${trigger.signal}`;
    case "all":
      return `signals ${Object.keys(trigger.signals).join(", ")}`;
    case "workflow":
      return `workflow ${trigger.workflow}`;
    case "backfill":
      return `backfill ${trigger.backfillId} of ${trigger.by}`;
    case "step":
      return `step ${trigger.path}`;
  }
}
