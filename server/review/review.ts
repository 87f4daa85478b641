import type { IncomingHttpHeaders } from "node:http";
import type { HostAccount } from "./review-host.js";

/** Reviews of pull requests: what a merge would do, told where they are. */
export interface Review {
  /** Goes on with what an earlier life has left. */
  start(): Promise<void>;
  /** Idempotent; waits for what is under way. */
  stop(): Promise<void>;
  /** Who lets the service see something at the host, as of the last look. */
  readonly accounts: readonly HostAccount[];
  /** Keeps a delivery of the host, which is worked on after that. @throws ServiceError unauthorized, bad-request */
  receive(headers: IncomingHttpHeaders, body: Buffer): Promise<{ readonly accepted: boolean }>;
}
