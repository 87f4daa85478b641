import { ServiceError } from "../errors.js";
import type { DeployedEnvironments } from "../store/declared-branches.js";
import type { RepositoryRow } from "../store/store.js";
import type { Followed } from "./followed.js";
import { isBranchName } from "./remote/branch-name.js";
import { repositoryKey } from "./remote/repository-url.js";

/** Of one repository; each is asked for at every look, and what is hostile could declare millions. */
export const DECLARED_MAX = 50;

export interface DeclaredRequest {
  /** The registered repository, whose deployed `headwater.yaml` declares. */
  readonly own: RepositoryRow;
  /** What is followed because of it so far. */
  readonly declared: readonly RepositoryRow[];
  /** All else that is followed, or is about to be. */
  readonly others: readonly Followed[];
  /** Those of the others that somebody has registered. */
  readonly registered: readonly Followed[];
  /** Null while that is unknown. */
  readonly deployed: DeployedEnvironments | null;
  readonly now: number;
  readonly newId: () => string;
}

/** The branches that are to be followed from now on; of one that is as it was, the row of before. */
export function declaredBranches(request: DeclaredRequest): readonly RepositoryRow[] {
  const { own, declared, deployed } = request;
  if (own.follows === "branch") return [];
  if (deployed === null) return declared.map((row) => movedRow(row, row, own));
  const rows = Object.entries(deployed.environments)
    .filter(([environment]) => environment !== deployed.own)
    .flatMap(([environment, { branch, triggers, backfillsFrom }]) => {
      const wanted = { branch, declared: { by: own.id, environment, triggers, backfillsFrom } };
      const before = declared.find((row) => row.declared?.environment === environment);
      if (before !== undefined)
        return isAmong(request.registered, { branch, url: own.url }) ? [] : [movedRow(before, wanted, own)];
      return isTaken(branch, request) ? [] : [newRow(wanted, request)];
    });
  // What is deployed already goes before what is new, wherever the file has it.
  const isFollowed = (row: RepositoryRow): boolean => declared.some(({ id }) => id === row.id);
  return [...rows.filter(isFollowed), ...rows.filter((row) => !isFollowed(row))].slice(0, DECLARED_MAX);
}

/** Whether there is any environment but the one in which it is deployed. */
export function declaresOthers(deployed: DeployedEnvironments | null): boolean {
  return Object.keys(deployed?.environments ?? {}).some((environment) => environment !== deployed?.own);
}

/** A branch is followed once. */
function isTaken(branch: string, { own, others }: DeclaredRequest): boolean {
  return branch === own.branch || isAmong(others, { branch, url: own.url });
}

function isAmong(followed: readonly Followed[], { branch, url }: Pick<Followed, "branch" | "url">): boolean {
  const key = repositoryKey(url);
  return followed.some((other) => other.branch === branch && repositoryKey(other.url) === key);
}

type Wanted = Pick<RepositoryRow, "branch" | "declared">;

function newRow(wanted: Wanted, { own, now, newId }: DeclaredRequest): RepositoryRow {
  const seen = { headCommit: null, checkedAt: null, problem: null };
  return { ...wanted, ...seen, ...placeOf(wanted, own), id: newId(), follows: "branch", createdAt: now };
}

/** The same object when nothing is other than it was. */
function movedRow(before: RepositoryRow, { branch, declared }: Wanted, own: RepositoryRow): RepositoryRow {
  const wanted = { branch, declared, ...placeOf({ declared }, own) };
  const { name, url } = before;
  const was = { branch: before.branch, declared: before.declared, name, url };
  if (JSON.stringify(wanted) === JSON.stringify(was)) return before;
  const headCommit = branch === before.branch ? before.headCommit : null;
  return { ...before, ...wanted, headCommit, problem: null };
}

function placeOf(
  { declared }: Pick<Wanted, "declared">,
  own: RepositoryRow,
): Pick<RepositoryRow, "name" | "url"> {
  return { name: declaredName(own.name, declared?.environment ?? ""), url: own.url };
}

/** What a declared branch is called: no repository that somebody registers can be. */
function declaredName(repository: string, environment: string): string {
  return `${repository}@${environment}`;
}

const DECLARED_ID = ".";

/** What the id of a declared branch begins with. By that its mirror is found, also when it is not declared any more and runs of it go on. */
export function declaredPrefix(registered: string): string {
  return `${registered}${DECLARED_ID}env`;
}

/** The id of the registered repository, whose mirror it is, by that of it or of a branch that it declares. */
export function registeredId(id: string): string {
  return id.split(DECLARED_ID, 1)[0] ?? id;
}

/** Why a branch that is declared is not deployed. */
export function absenceOf({ branch, headCommit, declared }: RepositoryRow): ServiceError {
  const environment = declared?.environment ?? "";
  if (!isBranchName(branch))
    return new ServiceError(
      "bad-request",
      `Cannot follow branch "${branch.slice(0, 250)}" for ${environment}: Git allows no such name`,
    );
  const [begin, end] =
    headCommit === null
      ? ["yet", `${environment} is deployed when it is pushed`]
      : [
          "any more",
          `what was deployed in ${environment} goes on, and the branch is followed again when it is pushed`,
        ];
  return new ServiceError("branch-not-found", `There is no branch "${branch}" ${begin}: ${end}`);
}
