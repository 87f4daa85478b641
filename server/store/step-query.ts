import type { StepStatus } from "@headwater/engine";

/** Which steps of a run; what is not there lets all through. */
export interface StepQuery {
  /** The position of the last row of the page before. */
  readonly after?: number;
  readonly limit: number;
  readonly path?: string;
  readonly statuses?: readonly StepStatus[];
  /** `load` leaves the steps of its iterations, but not those of loops within; an empty one leaves steps of no loop. */
  readonly loop?: string;
}
