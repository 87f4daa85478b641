import type { StepStatus } from "./step-status.js";

/**
 * How many jobs there are in each status; a status that none has is left out. A job is an instance of a step without steps
 * of its own. One that runs another workflow counts as one job until that run is there, whose own jobs then count in its place.
 */
export type JobCounts = Readonly<Partial<Record<StepStatus, number>>>;
