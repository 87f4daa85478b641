import { canonicalJson, isJsonList, type Json, type SignalMatch } from "@headwater/workflow";

/** Where a listener stands in an index of listeners. */
export interface ListenerKey {
  /** The names of the params that must have one value, sorted, as JSON. */
  readonly shape: string;
  /** Those values in the order of the names, as canonical JSON. */
  readonly wanted: string;
}

/** All the keys of a listener. */
export interface ListenerKeys extends Pick<ListenerKey, "shape"> {
  /** The params that must have one value, sorted. */
  readonly names: readonly string[];
  /** See `ListenerKey`; no two are equal. */
  readonly wanted: readonly string[];
  /** The conditions that are not in the keys. */
  readonly left: readonly SignalMatch[];
}

/** So many keys a listener may have; conditions that would make more are asked by whoever finds it. */
const KEYS_MAX = 100;

/** The keys of a listener with these conditions, one for each of the values that `eq` and `in` let pass. Others cannot be looked up. */
export function listenerKeys(match: readonly SignalMatch[]): ListenerKeys {
  let combinations: readonly (readonly Json[])[] = [[]];
  const held: ConditionByValue[] = [];
  for (const condition of conditionsByValue(match)) {
    const { values } = condition;
    if (combinations.length * values.length > KEYS_MAX) continue;
    held.push(condition);
    combinations = combinations.flatMap((before) => values.map((value) => [...before, value]));
  }
  const names = held.map(({ param }) => param);
  return {
    names,
    shape: canonicalJson(names),
    wanted: combinations.map((values) => canonicalJson(values)),
    left: match.filter((one) => held.every(({ condition }) => condition !== one)),
  };
}

/** What `eq` and `in` ask of a param. */
export interface ConditionByValue {
  readonly param: string;
  /** One of these; no two are equal. */
  readonly values: readonly Json[];
  readonly condition: SignalMatch;
}

/** By name, so that who asks for the same params has the same shape. */
export function conditionsByValue(match: readonly SignalMatch[]): readonly ConditionByValue[] {
  return match
    .flatMap((condition) => {
      const { param, operator, value } = condition;
      if (operator === "eq") return { param, values: [value], condition };
      if (operator !== "in" || !isJsonList(value) || value.length === 0) return [];
      const values = [...new Map(value.map((one) => [canonicalJson(one), one])).values()];
      return { param, values, condition };
    })
    .sort((one, other) => (one.param < other.param ? -1 : 1));
}

/** The key at which listeners of that shape stand that a signal with these params satisfies; null when none can. */
export function keyOfSignal(
  names: readonly string[],
  params: Readonly<Record<string, Json>>,
): ListenerKey | null {
  if (names.some((name) => !Object.hasOwn(params, name))) return null;
  return { shape: canonicalJson(names), wanted: canonicalJson(names.map((name) => params[name])) };
}
