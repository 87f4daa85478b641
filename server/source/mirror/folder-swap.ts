import { access, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** What stands aside while another folder takes its place; after a kill it may be all that is left. */
const ASIDE = ".old";
/** A folder with this file in it has what nothing else has: it is put aside, and not deleted. */
export const LAST_TO_HAVE = "headwater-last-to-have";
const PUT_ASIDE = ".aside-";

/**
 * Puts the folder `fresh` in the place of `folder`, which need not be there. At every moment one of the two is on the
 * disk, whole: under its name, or aside, from where `undoTornSwaps` brings it back. When it fails `folder` is as it was. What was there
 * before is deleted, unless it has the mark of what is needed.
 */
export async function swapIn(fresh: string, folder: string): Promise<void> {
  const aside = folder + ASIDE;
  const isReplaced = await exists(folder);
  if (isReplaced) {
    await putAway(folder);
    await rename(folder, aside);
  }
  try {
    await rename(fresh, folder);
  } catch (error) {
    if (isReplaced) await rename(aside, folder);
    throw error;
  }
  await putAway(folder);
}

/** The folders that were put aside when another one took the place of `folder`. */
export async function listPutAside(folder: string): Promise<readonly string[]> {
  const names = await readdir(dirname(folder));
  return names
    .filter((name) => name.startsWith(basename(folder) + PUT_ASIDE))
    .map((name) => join(dirname(folder), name));
}

/** Whether a folder of that name was put aside. */
export function isPutAside(name: string): boolean {
  return name.includes(PUT_ASIDE);
}

async function putAway(folder: string): Promise<void> {
  const aside = folder + ASIDE;
  if (!(await exists(join(aside, LAST_TO_HAVE)))) return rm(aside, { recursive: true, force: true });
  let number = 1;
  while (await exists(`${folder}${PUT_ASIDE}${number}`)) number += 1;
  await rename(aside, `${folder}${PUT_ASIDE}${number}`);
}

/** After a kill: brings back what stands aside in the folder of folders and has no other in its place yet, and puts away what has. */
export async function undoTornSwaps(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.endsWith(ASIDE)) continue;
    const folder = join(parent, name.slice(0, -ASIDE.length));
    if (await exists(folder)) await putAway(folder);
    else await rename(join(parent, name), folder);
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
