import type { Located } from "./schema.js";

/** The value of a key that may be absent, or what it means to leave it out. */
export function valueOr<T, const D>(field: Located<T> | undefined, fallback: D): T | D {
  return field === undefined ? fallback : field.value;
}

/** The items of a list or a map that may be absent; absent is the same as empty. */
export function itemsOf<T>(field: Located<readonly T[]> | undefined): readonly T[] {
  return field === undefined ? [] : field.value;
}
