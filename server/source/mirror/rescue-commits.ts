import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../clock.js";
import type { Log } from "../../log.js";
import { GitError } from "../git/git-error.js";
import type { Git } from "../git/git.js";
import { ObjectReader } from "../git/object-reader.js";
import { AS_PACK, WHOLE_SILENCE_MS } from "./fetch-objects.js";
import { LAST_TO_HAVE, listPutAside } from "./folder-swap.js";
import { keepCommit, KEPT } from "./kept-commits.js";

/** So many refs stand in one command line. */
const REFS_MAX = 500;
/** A host that does not give lost commits together is asked so often; the rest is asked for when mirrors are tidied up. */
const QUESTIONS_MAX = 64;
const FETCH = [
  ...AS_PACK,
  "fetch",
  "--no-tags",
  "--no-write-fetch-head",
  "--no-recurse-submodules",
  "--progress",
];

export interface RescueOptions {
  readonly git: Git;
  readonly clock: Clock;
  readonly log: Log;
  readonly url: string;
  /** The mirror, which may be damaged. */
  readonly folder: string;
  /** Of these commits, those that something still needs. */
  readonly filterNeeded: (commits: readonly string[]) => Promise<readonly string[]>;
}

/** Takes all that a damaged mirror keeps into a fresh one at once, with its history. False when that cannot be read whole. */
export async function rescueAll(
  { git, folder }: Pick<RescueOptions, "git" | "folder">,
  fresh: string,
): Promise<boolean> {
  try {
    const options = { gitFolder: fresh, silenceMs: WHOLE_SILENCE_MS };
    await git.run([...FETCH, "--end-of-options", folder, `+${KEPT}/*:${KEPT}/*`], options);
    return true;
  } catch (error) {
    if (error instanceof GitError) return false;
    throw error;
  }
}

/**
 * Takes what a damaged mirror keeps into a fresh one, which has the branch, commit by commit: each that is whole itself, for a run needs
 * the files of its commit and not what was before it. What is damaged and still needed the host is asked for. The damaged mirror is told
 * what nobody else could give, so that it is put aside and not deleted. Returns those commits.
 */
export async function rescueEach(options: RescueOptions, fresh: string): Promise<readonly string[]> {
  const { git, folder, url, log, filterNeeded } = options;
  const names = await readdir(join(folder, KEPT)).catch(() => []);
  const kept = names.filter((name) => !name.endsWith(".lock"));
  const absent = await keepPresent(options, fresh, kept);
  const damaged = await fetchEach(absent, async (commits) => {
    const refs = commits.map((commit) => `+${KEPT}/${commit}:${KEPT}/${commit}`);
    const options = { gitFolder: fresh, silenceMs: WHOLE_SILENCE_MS };
    await git.run([...FETCH, "--depth=1", "--end-of-options", folder, ...refs], options);
  });
  const lost = await askHost(options, fresh, await filterNeeded(damaged));
  if (lost.length > 0) await writeFile(join(folder, LAST_TO_HAVE), `${lost.join("\n")}\n`, { flush: true });
  const counts = { kept: kept.length, damaged: damaged.length, lost: lost.join(" ") };
  log.warn("Took the commits of a damaged mirror one by one", { url, ...counts });
  return lost;
}

/** Deletes what was put aside when the mirror at `folder` was made anew, once that has all that is needed; the host is asked again for what it lacks. */
export async function removeUnneeded(options: RescueOptions): Promise<void> {
  for (const aside of await listPutAside(options.folder)) {
    const text = await readFile(join(aside, LAST_TO_HAVE), "utf8");
    const needed = await options.filterNeeded(text.split("\n").filter((line) => line !== ""));
    const absent = await keepPresent(options, options.folder, needed);
    const lost = await askHost(options, options.folder, absent);
    if (lost.length === 0) await rm(aside, { recursive: true, force: true });
  }
}

/** Of these commits those that the mirror has are kept from now on; returns the others. */
async function keepPresent(
  { git, clock }: Pick<RescueOptions, "git" | "clock">,
  mirror: string,
  commits: readonly string[],
): Promise<readonly string[]> {
  const objects = new ObjectReader({ git, gitFolder: mirror, clock });
  const absent: string[] = [];
  try {
    for (const commit of commits) {
      if ((await objects.find(`${commit}^{commit}`, 0)) === null) absent.push(commit);
      else await keepCommit(mirror, commit);
    }
  } finally {
    await objects.close();
  }
  return absent;
}

/** Returns those that the host does not give. */
async function askHost(
  { git, url }: Pick<RescueOptions, "git" | "url">,
  mirror: string,
  commits: readonly string[],
): Promise<readonly string[]> {
  let questions = 0;
  return fetchEach(commits, async (asked) => {
    questions += 1;
    if (questions > QUESTIONS_MAX) throw new GitError(FETCH, "the host was asked too often");
    const refs = asked.map((commit) => `+${commit}:${KEPT}/${commit}`);
    const options = { gitFolder: mirror, remote: url, silenceMs: WHOLE_SILENCE_MS };
    await git.run([...FETCH, "--depth=1", "--end-of-options", url, ...refs], options);
  });
}

/** Together where that goes, else half by half: one that cannot be had keeps no other back. Returns those that cannot. */
async function fetchEach(
  commits: readonly string[],
  fetch: (commits: readonly string[]) => Promise<void>,
): Promise<readonly string[]> {
  if (commits.length === 0) return [];
  const isFew = commits.length <= REFS_MAX;
  try {
    if (isFew) await fetch(commits);
    if (isFew) return [];
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    if (commits.length === 1) return commits;
  }
  const middle = Math.ceil(commits.length / 2);
  const first = await fetchEach(commits.slice(0, middle), fetch);
  return [...first, ...(await fetchEach(commits.slice(middle), fetch))];
}
