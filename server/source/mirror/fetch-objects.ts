import type { Git, RunOptions } from "../git/git.js";
import { GitError, isSilence } from "../git/git-error.js";

/** Before a URL and what is wanted of it. Progress on the error stream is what tells a long transfer from a dead host. */
export const FETCH = [
  "fetch",
  "--progress",
  "--no-tags",
  "--no-write-fetch-head",
  "--no-recurse-submodules",
  "--end-of-options",
];

/** Less than a hundred objects, however large, git unpacks: it compresses each anew, and says nothing of it nor of how much has come. A pack is written as it comes. */
export const AS_PACK = ["-c", "fetch.unpackLimit=1"];

/**
 * Of a fetch of a whole history: when all has come git looks whether it is whole, and says nothing of that, for minutes of millions of
 * objects. Of a host that has gone silent the transports know sooner.
 */
export const WHOLE_SILENCE_MS = 15 * 60_000;

export interface ObjectsRequest extends Pick<RunOptions, "silenceMs" | "stop"> {
  readonly refspecs: readonly string[];
  /** They come as one pack, however few there are. */
  readonly isPack?: boolean;
}

/**
 * Fetches what the refspecs say. A few objects become a file each, which is the least for a push of every day, and leaves no pack to each
 * of them; where they are so large that git is silent over them they are fetched once more, as a pack. @throws GitError
 */
export async function fetchObjects(
  { refspecs, isPack = false, ...limits }: ObjectsRequest,
  { git, url, gitFolder }: { readonly git: Git; readonly url: string; readonly gitFolder: string },
): Promise<void> {
  const options = { gitFolder, remote: url, ...limits };
  const wanted = [...FETCH, url, ...refspecs];
  const asPack = (): Promise<string> => git.run([...AS_PACK, ...wanted], options);
  if (isPack) return void (await asPack());
  try {
    await git.run(wanted, options);
  } catch (error) {
    if (!(error instanceof GitError) || !isSilentOverObjects(error)) throw error;
    await asPack();
  }
}

/** The host has said what it sends, and nothing was told of what came of it, as nothing is of what is unpacked. */
function isSilentOverObjects({ output }: GitError): boolean {
  return /^remote: .*objects/m.test(output) && !/Receiving objects/.test(output) && isSilence(output);
}
