import { canonicalJson, type Json, type SignalMatch } from "@headwater/workflow";

/** Where a listener stands in the index of listeners. */
export interface ListenerKey {
  /** The names of the params that must have one value, sorted, as JSON. */
  readonly shape: string;
  /** Those values in the order of the names, as canonical JSON. */
  readonly wanted: string;
}

/** The key of a listener with these conditions: of those that ask for equality, since others cannot be looked up. */
export function listenerKey(match: readonly SignalMatch[]): ListenerKey {
  const equal = match
    .filter(({ operator }) => operator === "eq")
    .sort((one, other) => (one.param < other.param ? -1 : 1));
  return {
    shape: canonicalJson(equal.map(({ param }) => param)),
    wanted: canonicalJson(equal.map(({ value }) => value)),
  };
}

/** The key at which listeners of that shape stand that a signal with these params satisfies; null when none can. */
export function keyOfSignal(
  names: readonly string[],
  params: Readonly<Record<string, Json>>,
): ListenerKey | null {
  if (names.some((name) => !Object.hasOwn(params, name))) return null;
  return { shape: canonicalJson(names), wanted: canonicalJson(names.map((name) => params[name])) };
}
