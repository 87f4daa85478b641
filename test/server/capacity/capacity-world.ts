import type { Taken } from "@headwater/engine";
import type { Priority } from "@headwater/workflow";
import type { Ticket } from "#server/capacity/capacity.js";
import { LocalCapacity } from "#server/capacity/local-capacity.js";
import { ManualClock } from "../manual-clock.js";

/** A capacity whose time is the test's, and what began in it. */
export interface CapacityWorld {
  readonly capacity: LocalCapacity;
  readonly clock: ManualClock;
  /** Keys, in the order in which they began. */
  readonly began: string[];
  /** Of each of them, what it lacked last. */
  readonly lacked: Map<string, Taken["lacked"]>;
  /** Asks for a slot: of owner `ann`, normal, in the pool `default`, without permits, unless it says otherwise. */
  readonly request: (key: string, of?: Partial<Ticket>) => void;
  readonly release: (...keys: readonly string[]) => void;
}

export const PRIORITIES: readonly Priority[] = ["critical", "high", "normal", "low"];

export function capacityWorld(
  slots: number,
  {
    pools = {},
    permits = {},
  }: {
    readonly pools?: Readonly<Record<string, number>>;
    readonly permits?: Readonly<Record<string, number>>;
  } = {},
): CapacityWorld {
  const clock = new ManualClock(0);
  const capacity = new LocalCapacity({ pools: { default: slots, ...pools }, clock });
  for (const [name, limit] of Object.entries(permits)) capacity.limitPermit(name, limit);
  const began: string[] = [];
  const lacked = new Map<string, Taken["lacked"]>();
  return {
    capacity,
    clock,
    began,
    lacked,
    request: (key, of = {}) =>
      capacity.request({
        key,
        owner: "ann",
        priority: "normal",
        pool: "default",
        permits: [],
        places: [],
        begin: (lack) => (began.push(key), lacked.set(key, lack)),
        ...of,
      }),
    release: (...keys) => {
      for (const key of keys) capacity.release(key);
    },
  };
}
