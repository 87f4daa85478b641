import { cp, mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { simpleGit } from "simple-git";
import { systemClock } from "../clock.js";
import { createGit } from "./git/git.js";

export interface SeedOptions {
  /** The folder whose files become the first commit. */
  readonly from: string;
  /** Where the repository (`origin.git`) and a working copy of it (`checkout`) are made. */
  readonly folder: string;
  /** Where git is found, as `process.env` has it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
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

/** In a repository on branch main; returns what git printed. */
type RunGit = (...args: readonly string[]) => Promise<string>;

/**
 * Makes a real repository of a folder, and a clone whose `git push` leads to it. It appears whole or not at all, and is the
 * same for everybody: whether somebody's git signs commits, runs hooks or leaves files out has no say in it.
 */
export async function seedRepository({ from, folder, environment }: SeedOptions): Promise<SeededRepository> {
  const origin = join(folder, "origin.git");
  const checkout = join(folder, "checkout");
  if (await exists(folder)) return { origin, checkout, isNew: false };
  const draft = join(dirname(folder), `.${basename(folder)}.draft`);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  await cp(from, join(draft, "checkout"), { recursive: true });
  const git = await initRepository(join(draft, "checkout"), environment);
  await git("add", "--all");
  await git(...AUTHOR, "commit", "--quiet", "--message=The example, as it ships with Headwater");
  await git("clone", "--quiet", "--bare", ".", join(draft, "origin.git"));
  await followOrigin(git, origin);
  await nameAuthor(git, join(draft, "checkout"));
  await rename(draft, folder);
  return { origin, checkout, isNew: true };
}

async function initRepository(folder: string, environment: SeedOptions["environment"]): Promise<RunGit> {
  const git = createGit({ folder, environment, clock: systemClock, stop: new AbortController().signal });
  await git.run(["init", "--quiet", "--initial-branch=main"]);
  return (...args) => git.run(args, { gitFolder: join(folder, ".git") });
}

/** What a clone would have been given, so that a plain `git push` works, by the path the repository will have. */
async function followOrigin(git: RunGit, origin: string): Promise<void> {
  await git("remote", "add", "origin", origin);
  // As if it had been fetched: "git status" compares with it.
  await git("update-ref", "refs/remotes/origin/main", "refs/heads/main");
  await git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main");
  await git("config", "branch.main.remote", "origin");
  await git("config", "branch.main.merge", "refs/heads/main");
}

/** Who has told git no address could not commit in the checkout: only here the user's own configuration is asked. */
async function nameAuthor(git: RunGit, checkout: string): Promise<void> {
  const email = await simpleGit(checkout)
    .raw("config", "--get", "user.email")
    .catch(() => "");
  if (email.trim() !== "") return;
  await git("config", "user.name", "Example Author");
  await git("config", "user.email", "author@localhost");
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
