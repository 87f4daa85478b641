import { cp, mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { simpleGit } from "simple-git";
import type { SimpleGit } from "simple-git";

export interface SeedOptions {
  /** The folder whose files become the first commit. */
  readonly from: string;
  /** Where the repository (`origin.git`) and a working copy of it (`checkout`) are made. */
  readonly folder: string;
}

export interface SeededRepository {
  /** The bare repository to register: what is pushed to its main goes live. */
  readonly origin: string;
  /** A clone to edit, commit and push from. */
  readonly checkout: string;
  /** False when it was there already; then nothing was changed. */
  readonly isNew: boolean;
}

const AUTHOR = ["-c", "user.name=Headwater", "-c", "user.email=headwater@localhost"] as const;

/** Makes a real repository of a folder, and a clone whose `git push` leads to it. It appears whole or not at all. */
export async function seedRepository({ from, folder }: SeedOptions): Promise<SeededRepository> {
  const origin = join(folder, "origin.git");
  const checkout = join(folder, "checkout");
  if (await exists(folder)) return { origin, checkout, isNew: false };
  const draft = join(dirname(folder), `.${basename(folder)}.draft`);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  await cp(from, join(draft, "checkout"), { recursive: true });
  const git = simpleGit(join(draft, "checkout"));
  await git.raw("init", "--quiet", "--initial-branch=main");
  await git.raw("add", "--all");
  await git.raw(...AUTHOR, "commit", "--quiet", "--message=The example, as it ships with Headwater");
  await git.raw("clone", "--quiet", "--bare", ".", join(draft, "origin.git"));
  await followOrigin(git, origin);
  await rename(draft, folder);
  return { origin, checkout, isNew: true };
}

/** What a clone would have been given, so that a plain `git push` works, by the path the repository will have. */
async function followOrigin(git: SimpleGit, origin: string): Promise<void> {
  await git.raw("remote", "add", "origin", origin);
  // As if it had been fetched: "git status" compares with it.
  await git.raw("update-ref", "refs/remotes/origin/main", "refs/heads/main");
  await git.raw("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main");
  await git.raw("config", "branch.main.remote", "origin");
  await git.raw("config", "branch.main.merge", "refs/heads/main");
  const email = await git.raw("config", "--get", "user.email").catch(() => "");
  if (email.trim() !== "") return;
  await git.raw("config", "user.name", "Example Author");
  await git.raw("config", "user.email", "author@localhost");
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
