import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { GIT_ENVIRONMENT } from "../git-environment.js";

/** A real clone with its files on disk, which a test edits and commits in. */
export interface Clone {
  readonly folder: string;
  readonly env: typeof GIT_ENVIRONMENT;
  git(...args: readonly string[]): string;
  write(files: Readonly<Record<string, string>>): void;
  /** Writes, commits all and returns the commit. */
  commit(files?: Readonly<Record<string, string>>): string;
}

/** Gives a folder of its own with an empty repository on branch `main` in it, and deletes it afterwards. */
export async function withClone(use: (clone: Clone) => Promise<void> | void): Promise<void> {
  const outer = realpathSync(mkdtempSync(join(tmpdir(), "headwater-clone-")));
  try {
    const clone = cloneIn(join(outer, "clone"));
    mkdirSync(clone.folder);
    clone.git("init", "--quiet", "--initial-branch=main");
    await use(clone);
  } finally {
    rmSync(outer, { recursive: true, force: true });
  }
}

/** A repository that is there, or will be. */
export function cloneIn(folder: string): Clone {
  function git(...args: readonly string[]): string {
    return execFileSync("git", [...args], {
      cwd: folder,
      env: GIT_ENVIRONMENT,
      stdio: ["ignore", "pipe", "pipe"],
    })
      .toString()
      .trim();
  }
  function write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }
  function commit(files: Readonly<Record<string, string>> = {}): string {
    write(files);
    git("add", "--all");
    git("commit", "--quiet", "--allow-empty", "--message", "A change");
    return git("rev-parse", "HEAD");
  }
  return { folder, env: GIT_ENVIRONMENT, git, write, commit };
}
