import type { Json } from "@headwater/workflow";

export interface NewSignal {
  /** Unique: a repeated emission is one signal. */
  readonly key: string;
  readonly signal: string;
  readonly params: Readonly<Record<string, Json>>;
  /** The run that emitted it; null from outside. */
  readonly runId: string | null;
  readonly at: number;
}
