import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { SETTINGS_PATH } from "@headwater/workflow";
import type { Io } from "../io.js";
import { UsageError } from "../usage-error.js";
import { createGit, type Git } from "./git.js";

/** A project in a clone of the user's. */
export interface Checkout {
  /** Runs in the project's folder. */
  readonly git: Git;
  /** The project's folder, absolute. */
  readonly root: string;
  /** The project's folder from the root of the repository, with `/`; empty when it is that. */
  readonly prefix: string;
  /** Only the last commits are there. */
  readonly isShallow: boolean;
}

/**
 * Opens the clone that a folder is in. The project is the nearest folder upwards with a `headwater.yaml` inside of the
 * clone, or else the root of the clone. @throws UsageError when there is no such folder, or no clone with files around it
 */
export function openCheckout(path: string, io: Pick<Io, "cwd" | "env">): Checkout {
  const start = resolve(io.cwd, path);
  if (!existsSync(start)) throw new UsageError(`Cannot read "${path}": there is no such folder`);
  if (!statSync(start).isDirectory())
    throw new UsageError(`Cannot plan for "${path}": it is a file, name its project's folder`);
  const git = createGit(start, io.env);
  const answer = git.ask([
    "rev-parse",
    "--is-inside-work-tree",
    "--is-shallow-repository",
    "--show-toplevel",
  ]);
  const [, isShallow, folder] = /^true\n(true|false)\n(.*)$/s.exec(answer ?? "") ?? [];
  if (folder === undefined) throw notAClone(start, git);
  // Git follows links, so both are taken without.
  const top = realpathSync(folder);
  const root = projectRoot(realpathSync(start), top);
  return {
    git: createGit(root, io.env),
    root,
    prefix: relative(top, root).replaceAll(sep, "/"),
    isShallow: isShallow === "true",
  };
}

function notAClone(folder: string, git: Git): UsageError {
  if (git.ask(["rev-parse", "--is-bare-repository"]) === "true") {
    return new UsageError(
      `Cannot plan in "${folder}": it is a bare repository, and has no files. Use a clone`,
    );
  }
  try {
    git.run(["rev-parse", "--git-dir"]);
  } catch (cause) {
    const words = cause instanceof UsageError ? cause.message : String(cause);
    const hint = words.includes("not a git repository") ? "it is in no Git repository" : words;
    return new UsageError(`Cannot plan in "${folder}": ${hint}`, { cause });
  }
  return new UsageError(`Cannot plan in "${folder}": it is Git's own folder. Use the folder with the files`);
}

function projectRoot(start: string, top: string): string {
  for (let at = start; at !== top && at !== dirname(at); at = dirname(at)) {
    if (existsSync(join(at, SETTINGS_PATH))) return at;
  }
  return top;
}
