import { UsageError } from "../usage-error.js";
import type { Checkout } from "./checkout.js";

/** One side of a comparison. */
export type Revision =
  | { readonly kind: "commit"; readonly name: string; readonly commit: string }
  /** The files on disk: those that git follows, and those that are new and not ignored. */
  | { readonly kind: "working-tree"; readonly name: string }
  /** Nothing was committed yet. */
  | { readonly kind: "nothing"; readonly name: string };

/** The commit that somebody named. @throws UsageError when there is none of that name */
export function namedRevision(name: string, { git, isShallow }: Checkout): Revision {
  const commit = /^[^\0\n]+$/.test(name) ? git.ask(commitOf(name)) : null;
  if (commit !== null) return { kind: "commit", name, commit };
  const hint = isShallow ? ": this clone is shallow, fetch more of its history" : "";
  throw new UsageError(`Cannot find the revision "${name}"${hint}`);
}

/** What an author works on. */
export const WORKING_TREE: Revision = { kind: "working-tree", name: "the working tree" };

/**
 * Where the work began that a revision ends: the commit that it has in common with the branch that origin takes by default;
 * in a clone of nothing the last commit. @throws UsageError when this clone cannot tell
 */
export function startOf(to: Revision, checkout: Checkout): Revision {
  const { git, isShallow } = checkout;
  const head = git.ask(commitOf("HEAD"));
  const end = to.kind === "commit" ? to : head === null ? null : { name: "HEAD", commit: head };
  if (end === null) return { kind: "nothing", name: "nothing (no commit yet)" };
  const branch = defaultBranch(checkout);
  if (branch === null) return { kind: "commit", name: "HEAD", commit: head ?? end.commit };
  const base = git.ask(["merge-base", end.commit, branch.commit]);
  if (base !== null) return { kind: "commit", name: `the merge base with ${branch.name}`, commit: base };
  const hint = isShallow
    ? 'this clone is shallow: "git fetch --unshallow", or name'
    : "they have no commit in common: name";
  throw new UsageError(
    `Cannot tell where ${end.name} left ${branch.name}, for ${hint} a revision with --from`,
  );
}

/** Whether `startOf` had nothing but the last commit: the clone is of nothing. */
export function isLastCommit(start: Revision): boolean {
  return start.kind === "commit" && start.name === "HEAD";
}

/** A revision as people read it. */
export function describeRevision(revision: Revision): string {
  return revision.kind === "commit" ? `${revision.name} (${revision.commit.slice(0, 8)})` : revision.name;
}

function defaultBranch({ git }: Checkout): { readonly name: string; readonly commit: string } | null {
  for (const name of ["origin/HEAD", "origin/main", "origin/master"]) {
    const commit = git.ask(commitOf(`refs/remotes/${name}`));
    if (commit !== null) {
      return { name: git.ask(["rev-parse", "--abbrev-ref", `refs/remotes/${name}`]) || name, commit };
    }
  }
  if (git.ask(["config", "--get", "remote.origin.url"]) === null) return null;
  throw new UsageError(
    "Cannot tell what to compare with: the default branch of origin is not in this clone. Fetch it, or name a revision with --from",
  );
}

function commitOf(revision: string): readonly string[] {
  return ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`];
}
