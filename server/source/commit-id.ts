import { ServiceError } from "../errors.js";

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const BEGINNING = /^[0-9a-f]{7,64}$/;

/** @throws ServiceError bad-request when it is not a full commit id, so that git never takes it for something else */
export function requireCommitId(commit: string): void {
  if (COMMIT.test(commit)) return;
  throw new ServiceError("bad-request", `Cannot read commit "${commit}": it is not a full commit id`);
}

/** @throws ServiceError bad-request when no commit id can begin so, or too many can */
export function requireBeginning(beginning: string): void {
  if (BEGINNING.test(beginning)) return;
  throw new ServiceError(
    "bad-request",
    `Cannot find commit "${beginning}": give 7 or more hexadecimal digits of its id`,
  );
}
