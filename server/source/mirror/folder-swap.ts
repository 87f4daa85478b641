import { access, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** What stands aside while another folder takes its place; after a kill it may be all that is left. */
const ASIDE = ".old";

/**
 * Puts the folder `fresh` in the place of `folder`, which need not be there. At every moment one of the two is on the
 * disk, whole: under its name, or aside, from where `undoTornSwaps` brings it back. When it fails `folder` is as it was.
 */
export async function swapIn(fresh: string, folder: string): Promise<void> {
  const aside = folder + ASIDE;
  const isReplaced = await exists(folder);
  if (isReplaced) {
    await rm(aside, { recursive: true, force: true });
    await rename(folder, aside);
  }
  try {
    await rename(fresh, folder);
  } catch (error) {
    if (isReplaced) await rename(aside, folder);
    throw error;
  }
  await rm(aside, { recursive: true, force: true });
}

/** After a kill: brings back what stands aside in the folder of folders and has no other in its place yet. */
export async function undoTornSwaps(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.endsWith(ASIDE)) continue;
    const folder = join(parent, name.slice(0, -ASIDE.length));
    if (!(await exists(folder))) await rename(join(parent, name), folder);
  }
}

/** Deletes what a killed process left beside its folders. */
export async function removeLeftovers(parent: string, isLeftover: (name: string) => boolean): Promise<void> {
  const names = await readdir(parent);
  await Promise.all(
    names.filter(isLeftover).map((name) => rm(join(parent, name), { recursive: true, force: true })),
  );
}

/** Whether there is anything at this path. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
