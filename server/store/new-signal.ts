import type { Json } from "@headwater/workflow";

export interface NewSignal {
  /** Unique: a repeated emission is one signal. */
  readonly key: string;
  readonly signal: string;
  readonly params: Readonly<Record<string, Json>>;
  /** Where it is heard: that of the run, or that which its sender has named. */
  readonly environment: string;
  /** The run that emitted it; null from outside. */
  readonly runId: string | null;
  readonly at: number;
}
