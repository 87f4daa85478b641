import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { explainDiskFailure } from "../../disk-failure.js";
import { ServiceError } from "../../errors.js";

/** One ref per commit that was ever deployed from: runs may need it after the branch has forgotten it. */
export const KEPT = "refs/headwater/commits";

/** Whether the mirror has promised to have this commit: a ref of that name may have another one, where a kill came amid a fetch. */
export async function isKept(gitFolder: string, commit: string): Promise<boolean> {
  const named = await readFile(join(gitFolder, KEPT, commit), "latin1").catch(() => null);
  return named?.trimEnd() === commit;
}

/** A commit that was kept just now may be needed by what is not yet written down. */
const SPARED_MS = 24 * 60 * 60_000;

/** Those that the mirror keeps since a day or more. */
export async function listKept(gitFolder: string, now: number): Promise<readonly string[]> {
  const folder = join(gitFolder, KEPT);
  const names = await readdir(folder).catch(() => []);
  const kept: string[] = [];
  for (const name of names.filter((each) => !each.endsWith(".lock"))) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found !== null && now - found.mtimeMs >= SPARED_MS) kept.push(name);
  }
  return kept;
}

/** The mirror need not have these commits any more. The caller sees to it that nobody else writes to the mirror but `git gc`, which packs no refs. */
export async function forgetCommits(gitFolder: string, commits: readonly string[]): Promise<void> {
  for (const commit of commits) await rm(join(gitFolder, KEPT, commit), { force: true });
}

/**
 * Makes the ref that keeps the commit, which the mirror has: a file, as git itself makes it, without a process of its own on the way of a
 * push. The caller sees to it that nobody else writes to the mirror but `git gc`. Source: https://git-scm.com/docs/gitrepository-layout
 * @throws ServiceError store-waiting when the disk takes no more
 */
export async function keepCommit(gitFolder: string, commit: string): Promise<void> {
  if (await isKept(gitFolder, commit)) return;
  try {
    await writeRef(join(gitFolder, KEPT, commit), commit);
  } catch (cause) {
    const reason = explainDiskFailure(cause, gitFolder);
    if (reason === null) throw cause;
    throw new ServiceError("store-waiting", `Cannot keep commit ${commit}: ${reason}`, { cause });
  }
}

async function writeRef(ref: string, commit: string): Promise<void> {
  const unfinished = `${ref}.lock`;
  await mkdir(dirname(ref), { recursive: true });
  const file = await open(unfinished, "w");
  try {
    await file.writeFile(`${commit}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, ref);
}
