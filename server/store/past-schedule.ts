/**
 * A schedule that a deployment has changed or taken away while slots of it had come and were not dealt with: the service was down, the
 * workflow paused, or their jitter was not over. It is judged as it was, up to that deployment, and fires what was live then.
 */
export interface PastSchedule {
  /** Names it in the store; its `id` may live on with another trigger. */
  readonly key: number;
  /** When the deployment was made: the last instant at which a slot of it counts. Epoch milliseconds. */
  readonly until: number;
  /** What was deployed before. */
  readonly commit: string;
  readonly repositoryId: string;
}
