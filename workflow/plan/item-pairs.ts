import { canonicalJson } from "../compile/canonical-json.js";
import type { Json, JsonObject } from "../types/json.js";

/** A value before and after; undefined on the side where there is none. */
export interface Pair<Value = Json> {
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}

/** Keys that name an item among its neighbours. */
const IDENTITIES = ["id", "name", "variable"] as const;
/** Keys that say what an item is about, for those without a name. */
const SUBJECTS = ["schedule", "signal", "workflow"] as const;

/**
 * Says which item of a list became which: those of one name; else those that are equal, then those about the same, then
 * those of the same kind, each in their order. The rest was added or removed.
 */
export function pairItems(
  before: readonly JsonObject[],
  after: readonly JsonObject[],
): readonly Pair<JsonObject>[] {
  return pairBy(before, after, [nameOf, canonicalJson, subjectOf, kindOf]);
}

/** The same for items of any form, by the likenesses that are given, the closest first; null is like nothing. */
export function pairBy<Item>(
  before: readonly Item[],
  after: readonly Item[],
  likenesses: readonly ((item: Item) => string | null)[],
): readonly Pair<Item>[] {
  const partners = new Map<Item, Item>();
  let left = before;
  let right = after;
  for (const likeness of likenesses) {
    for (const [old, now] of matchOnce(left, right, likeness)) partners.set(old, now);
    const taken = new Set(partners.values());
    left = left.filter((item) => !partners.has(item));
    right = right.filter((item) => !taken.has(item));
  }
  return [
    ...before.map((item) => ({ before: item, after: partners.get(item) })),
    ...right.map((item) => ({ before: undefined, after: item })),
  ];
}

function matchOnce<Item>(
  before: readonly Item[],
  after: readonly Item[],
  likeness: (item: Item) => string | null,
): readonly (readonly [Item, Item])[] {
  const waiting = new Map<string, Item[]>();
  for (const item of before) {
    const key = likeness(item);
    if (key === null) continue;
    const queue = waiting.get(key);
    if (queue === undefined) waiting.set(key, [item]);
    else queue.push(item);
  }
  for (const queue of waiting.values()) queue.reverse();
  return after.flatMap((item) => {
    const key = likeness(item);
    const partner = key === null ? undefined : waiting.get(key)?.pop();
    return partner === undefined ? [] : [[partner, item] as const];
  });
}

/** Whether an item can be told from its neighbours; a list of others is compared as a whole. */
export function isTellable(item: JsonObject): boolean {
  return textUnder(item, [...IDENTITIES, ...SUBJECTS, "kind"]) !== null;
}

/** How an item is spoken of: by its name, or by what it is about. */
export function labelOf(item: JsonObject | undefined): string {
  if (item === undefined) return "";
  const subject = textUnder(item, SUBJECTS);
  const about = subject?.key === "schedule" ? JSON.stringify(subject.text) : subject?.text;
  return (
    nameOf(item) ??
    (subject === null ? (textUnder(item, ["kind"])?.text ?? "item") : `${subject.key} ${about}`)
  );
}

function nameOf(item: JsonObject): string | null {
  return textUnder(item, IDENTITIES)?.text ?? null;
}

function subjectOf(item: JsonObject): string | null {
  const subject = textUnder(item, SUBJECTS);
  return subject === null ? null : `${subject.key} ${subject.text}`;
}

/** Signals and workflows that differ are different triggers; a schedule that differs is a schedule that was moved. */
function kindOf(item: JsonObject): string | null {
  const subject = textUnder(item, SUBJECTS);
  if (subject !== null) return subject.key === "schedule" ? subject.key : null;
  return textUnder(item, ["kind"])?.text ?? null;
}

/** The first of these keys that holds a text. */
function textUnder(
  item: JsonObject,
  keys: readonly string[],
): { readonly key: string; readonly text: string } | null {
  for (const key of keys) {
    const text = item[key];
    if (typeof text === "string") return { key, text };
  }
  return null;
}
