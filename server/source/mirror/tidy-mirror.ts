import { exists } from "./folder-swap.js";
import { forgetCommits, listKept } from "./kept-commits.js";
import { forgetPreviews } from "./preview-refs.js";
import { removeUnneeded, type RescueOptions } from "./rescue-commits.js";

/** Refs stay files, because `kept-commits.ts` reads and makes them without git. These settings stand above those of the environment. */
const GC_SETTINGS = ["gc.packRefs=false", "gc.auto=2000", "gc.autoPackLimit=20", "gc.autoDetach=false"];
const GC = [...GC_SETTINGS.flatMap((setting) => ["-c", setting]), "gc", "--quiet"];

/** Forgets the kept commits that nothing needs and what was fetched for old previews, and packs what many fetches have left. Returns how many were forgotten. */
export async function tidyMirror(options: RescueOptions): Promise<number> {
  const { git, folder, clock, filterNeeded } = options;
  if (!(await exists(folder))) return 0;
  const kept = await listKept(folder, clock.now());
  const needed = new Set(await filterNeeded(kept));
  const unneeded = kept.filter((commit) => !needed.has(commit));
  await forgetCommits(folder, unneeded);
  const previews = await forgetPreviews(folder, clock.now());
  await removeUnneeded(options);
  const depth = unneeded.length + previews > 0 ? "--prune=1.day.ago" : "--auto";
  await git.run([...GC, depth], { gitFolder: folder });
  return unneeded.length;
}
