import type { NewSignal } from "./new-signal.js";

/** One or more signals of one name. */
export interface SentSignals extends Pick<NewSignal, "signal" | "environment"> {
  readonly params: readonly NewSignal["params"][];
}

/** Who hears signals, as it is deployed. The numbers are of workflows of the environment, each counted up to `AUDIENCE_MAX`. */
export interface FoundAudience {
  /** Of which a trigger may start a run by one of them: its `match` holds. `if` is not asked. */
  readonly triggers: number;
  /** With a step that waits for a signal of that name. */
  readonly gates: number;
  /** What may have been meant; null where somebody hears it. */
  readonly meant: MeantSignal | null;
}

export interface MeantSignal {
  /** Workflows of the environment with a trigger of that name, which wants other params. */
  readonly otherParams: number;
  /** The environments in which something hears the name. */
  readonly environments: readonly string[];
  /** Projects whose triggers are off in the environment, so that no signal starts anything of them there. */
  readonly off: readonly string[];
  /** Those in which anything is deployed. */
  readonly deployed: readonly string[];
  /** Names that something hears, the nearest ones by the alphabet. */
  readonly names: readonly string[];
}

/** So many workflows are counted. */
export const AUDIENCE_MAX = 100;
