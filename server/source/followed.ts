import { ServiceError } from "../errors.js";
import type { RepositoryRow } from "../store/store.js";
import { repositoryKey } from "./remote/repository-url.js";

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** What is followed, and what it is called. */
export type Followed = Pick<RepositoryRow, "name" | "url" | "branch">;

/** The name, if a repository can have it. @throws ServiceError bad-request */
export function requireName(name: string): string {
  if (NAME.test(name)) return name;
  throw new ServiceError(
    "bad-request",
    `Cannot name a repository "${name}": use at most 63 of a-z, 0-9, ".", "_" and "-", the first a letter or a digit`,
  );
}

/** That another repository has the name; null when it is free. `except` is the id of who wants it. */
export function nameTaken(
  rows: readonly RepositoryRow[],
  name: string,
  except?: string,
): ServiceError | null {
  const owner = rows.find((row) => row.name === name && row.id !== except);
  if (owner === undefined) return null;
  return new ServiceError(
    "repository-exists",
    `Cannot add repository "${name}": the name is taken by "${owner.url}". Give another one, with --name on the command line`,
  );
}

/** A name is of one repository, and a branch is followed once. @throws ServiceError repository-exists */
export function refuseTaken(rows: readonly RepositoryRow[], wanted: Followed, except?: string): void {
  const taken = nameTaken(rows, wanted.name, except);
  if (taken !== null) throw taken;
  const key = repositoryKey(wanted.url);
  const owner = rows.find(
    ({ id, url, branch }) => id !== except && branch === wanted.branch && repositoryKey(url) === key,
  );
  if (owner === undefined) return;
  throw new ServiceError(
    "repository-exists",
    `Cannot add repository "${wanted.name}": branch "${owner.branch}" of "${owner.url}" is followed already, as "${owner.name}"`,
  );
}

/** Who mends one of two is not to find the other only then. */
export function bothRefusals(first: ServiceError, second: ServiceError): ServiceError {
  const { code, message, data } = first;
  return new ServiceError(code, `${message}. And: ${second.message}`, { cause: second, data });
}
