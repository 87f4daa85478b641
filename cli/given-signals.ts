import type { Json, WorkflowDefinition } from "@headwater/workflow";
import { parseParams } from "./params.js";
import { UsageError } from "./usage-error.js";

type Params = Readonly<Record<string, Json>>;

/** What the signals carried that start a simulated run; null for those that do not. */
export interface GivenSignals {
  readonly signal: Params | null;
  /** By the names that a trigger with `all` gives them. */
  readonly signals: Readonly<Record<string, Params>> | null;
}

/**
 * Reads what `--signal` says: `name=value` of one signal, or, where each name is that of a joined one and each value a JSON object, of
 * all of them. @throws UsageError
 */
export function readSignals(words: readonly string[], { triggers }: WorkflowDefinition): GivenSignals {
  if (words.length === 0) return { signal: null, signals: null };
  if (!triggers.some(({ kind }) => kind === "signal" || kind === "all")) {
    throw new UsageError(
      "No signal starts this workflow: leave out --signal, or give it a trigger with a signal",
    );
  }
  const joined = new Set(
    triggers.flatMap((one) => (one.kind === "all" ? one.signals.map(({ name }) => name) : [])),
  );
  const given = parseParams(words);
  const ofJoined = Object.entries(given).flatMap(([name, value]) =>
    joined.has(name) && isObject(value) ? [[name, value] as const] : [],
  );
  return ofJoined.length < Object.keys(given).length
    ? { signal: given, signals: null }
    : { signal: null, signals: Object.fromEntries(ofJoined) };
}

function isObject(value: Json): value is Params {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
