import type { Json } from "@headwater/workflow";

/** A signal as triggers see it: who sent it does not count. */
export interface HeardSignal {
  /** Grows by time. */
  readonly id: number;
  readonly signal: string;
  readonly params: Readonly<Record<string, Json>>;
  /** Epoch milliseconds. */
  readonly at: number;
}
