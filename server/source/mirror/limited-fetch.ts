import type { Clock } from "../../clock.js";
import type { Git } from "../git/git.js";
import { GitError, GitStopped } from "../git/git-error.js";
import { AS_PACK, FETCH } from "./fetch-objects.js";
import { sizeOfPacks } from "./fork-objects.js";

/** What one fetch may take. */
export interface FetchLimits {
  /** Of packs, as they come: compressed. */
  readonly bytesMax: number;
  /** From its start to its end, whatever it does. */
  readonly msMax: number;
}

/** A fetch was more than it may be. `reason` says of what, in words that follow "it". */
export class FetchTooLarge extends Error {
  readonly code = "fetch-too-large";
  readonly reason: string;

  constructor(reason: string) {
    super(`Cannot fetch it: it ${reason}`);
    this.name = "FetchTooLarge";
    this.reason = reason;
  }
}

export interface LimitedFetch {
  readonly git: Git;
  readonly url: string;
  readonly gitFolder: string;
  /** An empty folder, which takes what is fetched; see `ForkObjects`. */
  readonly objectFolder: string;
  readonly refs: readonly string[];
  readonly limits: FetchLimits;
  readonly clock: Clock;
  /** Ends it: nobody waits for it any more. */
  readonly stop: AbortSignal;
}

/** So often is looked at how much has come: a network brings some ten MB meanwhile. */
const LOOK_MS = 100;

/** Git has no limit for what it fetches. One pack can be watched, and one thread takes no more of the machine than that. */
const SETTINGS = [...AS_PACK, "-c", "pack.threads=1"];

/** Fetches refs into a folder of objects, and moves no ref of ours. @throws FetchTooLarge, GitError, GitStopped */
export async function limitedFetch(fetch: LimitedFetch): Promise<void> {
  const { git, url, gitFolder, objectFolder, refs, limits, clock, stop } = fetch;
  const { bytesMax, msMax } = limits;
  const limit = new AbortController();
  const end = (reason: unknown): void => limit.abort(reason);
  const endStopped = (): void => end(null);
  stop.addEventListener("abort", endStopped);
  if (stop.aborted) endStopped();
  let cancelLook = (): void => undefined;
  const look = async (): Promise<void> => {
    if ((await sizeOfPacks(objectFolder)) > bytesMax) end(tooManyBytes(limits));
    if (!limit.signal.aborted) cancelLook = clock.after(LOOK_MS, () => void look());
  };
  cancelLook = clock.after(LOOK_MS, () => void look());
  const cancelTimer = clock.after(msMax, () => {
    void sizeOfPacks(objectFolder).then((bytes) => end(tooLate(bytes, limits)));
  });
  try {
    // A host that says nothing is known before that by the settings of its protocol; what keeps git silent is what it was sent.
    const options = { gitFolder, objectFolder, remote: url, silenceMs: 2 * msMax, stop: limit.signal };
    await git.run([...SETTINGS, ...FETCH, url, ...refs], options);
  } catch (error) {
    throw explain(error, limit.signal.reason);
  } finally {
    stop.removeEventListener("abort", endStopped);
    cancelTimer();
    end(null);
    cancelLook();
  }
  if ((await sizeOfPacks(objectFolder)) > bytesMax) throw tooManyBytes(limits);
}

function tooManyBytes({ bytesMax }: FetchLimits): FetchTooLarge {
  return new FetchTooLarge(`has more than ${bytesMax / 1_000_000} MB that its branch has not`);
}

/** Where next to nothing has come the host is slow, which is no fault of the head. */
function tooLate(bytes: number, { bytesMax, msMax }: FetchLimits): FetchTooLarge | GitError {
  const late = `takes longer than ${msMax / 1000} s to fetch`;
  return bytes < bytesMax / 10 ? new GitError(["fetch"], `it ${late}`) : new FetchTooLarge(late);
}

/** @param reason why it was ended, if it was */
function explain(error: unknown, reason: unknown): unknown {
  if (error instanceof GitStopped && reason instanceof Error) return reason;
  // Source: memory_limit_check() of git's wrapper.c
  if (error instanceof GitError && /attempting to allocate .* over limit/.test(error.output))
    return new FetchTooLarge("has an object that is too large to be read");
  return error;
}
