import { ServiceError } from "../../errors.js";
import type { FetchLimits } from "./limited-fetch.js";

/**
 * What is fetched of a fork. A pull request brings definitions, queries and perhaps samples, some MB at most; a host takes 2 GB in a push, and single files
 * of 100 MB. 60 s are that at 14 Mbit/s, and as long as others of forks wait for it.
 */
export const FORK_LIMITS: FetchLimits = { bytesMax: 100_000_000, msMax: 60_000 };

/** A head is more than is fetched of those who may not write to the repository. */
export class HeadTooLarge extends ServiceError {
  /** The head of the branch that it is proposed for. */
  readonly base: string;

  constructor(reason: string, { head, base }: { readonly head: string; readonly base: string }) {
    super("bad-request", `Cannot fetch commit ${head} of a fork: it ${reason}`);
    this.base = base;
  }
}
