import { ServiceError } from "../errors.js";

/** Nothing of that name or id is followed. */
export function unknownRepository(nameOrId: string): ServiceError {
  return new ServiceError(
    "repository-not-found",
    `Cannot find repository "${nameOrId}": no such name or id. All are listed by: headwater repo list`,
  );
}
