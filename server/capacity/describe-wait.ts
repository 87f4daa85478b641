import { counted } from "@headwater/workflow";
import type { CapacityWait, Lack } from "./capacity.js";

/**
 * A wait in words: `waits for one of 20 permits of orders_api; 14 ahead; growth-data uses 31% of the slots, its share is 25%`.
 */
export function describeWait({ lacks, ahead, owner, share }: CapacityWait): string {
  const what = lacks.map(describeLack);
  const due =
    share === null
      ? []
      : [`${owner} uses ${percent(share.used)} of the slots, its share is ${percent(share.due)}`];
  const needs = what.length === 0 ? "is about to begin" : `waits for ${what.join(" and ")}`;
  return [needs, `${ahead} ahead`, ...due].join("; ");
}

function describeLack(lack: Lack): string {
  switch (lack.kind) {
    case "slots":
      return `one of ${counted(lack.slots, "slot")} of the pool ${lack.pool}`;
    case "backfill_slots":
      return `one of the ${counted(lack.slots, "slot")} of the pool ${lack.pool} that backfills may use`;
    case "pool":
      return `the pool ${lack.pool}, which this service does not have: add it to HEADWATER_POOLS, or name another one`;
    case "places":
      return `one of ${counted(lack.limit, "place")} of the run ${lack.runId} and the runs within it`;
    case "permit":
      return describePermit(lack);
  }
}

function describePermit({ permit, limit, isSet, isKept }: Lack & { readonly kind: "permit" }): string {
  if (limit === 0) return `a permit of ${permit}, of which its limit allows none now`;
  const one = limit === 1 ? `the one permit of ${permit}` : `one of ${limit} permits of ${permit}`;
  if (!isSet) return `${one} (nobody has set its limit: headwater permits set ${permit} COUNT)`;
  return isKept ? `${one}, which is kept for a step that has waited longer` : one;
}

function percent(part: number): string {
  return `${Math.round(100 * part)}%`;
}
