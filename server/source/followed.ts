import { ServiceError } from "../errors.js";
import type { RepositoryRow } from "../store/store.js";
import { repositoryKey } from "./remote/repository-url.js";

/** What somebody registers. */
export type Registered = Followed & Pick<RepositoryRow, "follows">;

/** What stands in the file of repositories. */
export interface Listed extends Followed {
  /** Null where the file does not say: one that is registered already goes on as it does. */
  readonly follows: Registered["follows"] | null;
  /** Of one that is not registered yet. */
  readonly followsAtFirst: Registered["follows"];
}

/** Whoever names a branch means that one alone; whoever names none means the project, with all that it declares. */
export function followsByDefault(branch: string | undefined): Registered["follows"] {
  return branch === undefined ? "environments" : "branch";
}

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

/**
 * A name is of one repository, and a branch is followed once; `except` may take over what is followed only because it declares that.
 * @throws ServiceError repository-exists
 */
export function refuseTaken(rows: readonly RepositoryRow[], wanted: Followed, except?: string): void {
  const taken = nameTaken(rows, wanted.name, except);
  if (taken !== null) throw taken;
  const owner = findFollowing(rows, wanted, except);
  if (owner === undefined) return;
  throw new ServiceError(
    "repository-exists",
    `Cannot add repository "${wanted.name}": branch "${owner.branch}" of "${owner.url}" is followed already, as "${owner.name}"`,
  );
}

/** Who follows the branch already. */
export function findFollowing(
  rows: readonly RepositoryRow[],
  wanted: Pick<Followed, "url" | "branch">,
  except?: string,
): RepositoryRow | undefined {
  const key = repositoryKey(wanted.url);
  return rows.find(
    ({ id, declared, url, branch }) =>
      (except === undefined || ![id, declared?.by].includes(except)) &&
      branch === wanted.branch &&
      repositoryKey(url) === key,
  );
}

/** What is followed because it is declared is not changed by hand. @throws ServiceError action-not-allowed */
export function refuseDeclared({ name, declared }: RepositoryRow, verb: string, registered: string): void {
  if (declared === null) return;
  const { environment } = declared;
  throw new ServiceError(
    "action-not-allowed",
    `Cannot ${verb} repository "${name}": it is followed because "headwater.yaml" of "${registered}" declares ${environment}. ` +
      `Change "environments" there, or say that its other branches are left alone: headwater repo set ${registered} --follow branch`,
  );
}

/** Who mends one of two is not to find the other only then. */
export function bothRefusals(first: ServiceError, second: ServiceError): ServiceError {
  const { code, message, data } = first;
  return new ServiceError(code, `${message}. And: ${second.message}`, { cause: second, data });
}
