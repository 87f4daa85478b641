import type { Json } from "@headwater/workflow";

/** What started a run, and who. */
export type RunTrigger =
  | { readonly kind: "manual"; readonly by: string }
  | { readonly kind: "schedule"; readonly schedule: string; readonly slotAt: number }
  | ({ readonly kind: "signal" } & SignalOrigin & RunChain)
  | ({ readonly kind: "all"; readonly signals: Readonly<Record<string, SignalOrigin>> } & RunChain)
  | ({ readonly kind: "workflow"; readonly workflow: string; readonly runId: string } & RunChain)
  /** A step of another run, which may wait for this one. */
  | ({
      readonly kind: "step";
      readonly runId: string;
      readonly path: string;
      readonly attempt: number;
      /** The run is of a backfill, which the run of the step is of. */
      readonly backfillId?: string;
      /** Held by each of its attempts, because the steps around it say so. */
      readonly permits?: readonly string[];
      /** How many attempts each run around it may have under way, those of this one included; the outermost first. */
      readonly places?: readonly { readonly runId: string; readonly limit: number }[];
    } & RunChain)
  | {
      readonly kind: "backfill";
      readonly backfillId: string;
      /** Who asked for it. */
      readonly by: string;
      /** 0, 1, … within the backfill. */
      readonly position: number;
      /** The slot that it makes up for; null where the params alone say what it is about. */
      readonly slotAt: number | null;
      /** Whose slot it is, as the file says it; none without a slot. */
      readonly schedule?: string;
      /** It goes beside other runs of its workflow, whatever its run strategy says. */
      readonly overlap: boolean;
    };

/** The backfill that a run is of, also one that its steps have started; null for every other run. */
export function backfillOf(trigger: RunTrigger): string | null {
  return "backfillId" in trigger ? (trigger.backfillId ?? null) : null;
}

/** A signal that started a run. */
export interface SignalOrigin {
  readonly signal: string;
  readonly signalId: number;
  readonly params: Readonly<Record<string, Json>>;
}

/** Runs that started each other. */
export interface RunChain {
  /** How many runs are before this one. */
  readonly depth: number;
  /** The run that set all of it going; null when this one did. */
  readonly root: string | null;
}
