import { createHash } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { GitError } from "../git/git-error.js";

/** What is fetched only for a preview. */
const PREVIEWS = "refs/headwater/previews";
/** So long nobody has asked for that pull request, or for that branch: it is fetched again when somebody does. */
const KEPT_MS = 7 * 24 * 60 * 60_000;

const REF = /^refs\/[A-Za-z0-9._/@+-]{1,250}$/;

/**
 * Where a ref of the other side is kept for previews, one of its own each, so that two fetches do not undo each other. All are in one
 * folder: a branch `a` that was deleted would stand in the way of `a/b` otherwise.
 */
export function previewRef(kind: "base" | "head", ref: string): string {
  return `${PREVIEWS}/${kind}/${createHash("sha256").update(ref).digest("hex")}`;
}

/** Where what is fetched of a ref of the other side is kept. @throws GitError */
export function headPreviewRef(ref: string): string {
  if (!REF.test(ref) || ref.includes("..")) throw new GitError(["fetch"], `"${ref}" is no name of a ref`);
  return previewRef("head", ref);
}

/** Forgets refs of previews that have not moved for a week. The caller sees to it that nobody else writes to the mirror. Returns how many. */
export async function forgetPreviews(gitFolder: string, now: number): Promise<number> {
  const folder = join(gitFolder, PREVIEWS);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  let forgotten = 0;
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const found = await stat(path).catch(() => null);
    if (found === null || now - found.mtimeMs < KEPT_MS) continue;
    await rm(path, { force: true });
    forgotten += 1;
  }
  return forgotten;
}
