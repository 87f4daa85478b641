import type { Json } from "@headwater/workflow";

/** Whether two values are the same JSON; the order of keys does not count. */
export function isEqualJson(one: Json, other: Json): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const entries = Object.entries(one);
  const others = new Map<string, Json>(Object.entries(other));
  return (
    entries.length === others.size &&
    entries.every(([key, value]) => isEqualJson(value, others.get(key) ?? null))
  );
}
