import type { Json, SignalMatch } from "@headwater/workflow";

/** What a listener compares one param with, besides those that must be equal. */
export interface ListenerRange {
  readonly param: string;
  /**
   * `from` lets pass what is not below its bound, `to` what is not above it, `not` all but the bound. A number is from the bound until
   * another one, which share so many characters, and so does all that is between them: of thousands of ranges one after the other few
   * begin with those of a value.
   */
  readonly side: "from" | "to" | "not" | number;
  /** Compared as a text, with what `stretchesOf` answers. */
  readonly bound: string;
  /** Where there are two, the upper one. */
  readonly until: string | null;
}

/** A part of the order of bounds; both ends are in it. */
export interface Stretch {
  readonly low: string;
  readonly high: string;
  /** The value, to be compared with `until`; empty where there is none. */
  readonly at: string;
}

/** No range at all has this bound. */
export const UNBOUNDED: Stretch = { low: "", high: "", at: "" };

/**
 * The condition by which a listener is found: the first that bounds a param from below, else from above, else an inequality; null when
 * there is none that can be ordered. It lets nothing be missed: what it lets pass is asked again.
 */
export function listenerRange(match: readonly SignalMatch[]): ListenerRange | null {
  const from = match.find((one) => isOf(one, ["gt", "gte"]));
  if (from !== undefined) {
    const to = match.find((one) => one.param === from.param && isOf(one, ["lt", "lte"]));
    if (to !== undefined) return between(from, to);
    return { param: from.param, side: "from", bound: boundOf(from), until: null };
  }
  const to = match.find((one) => isOf(one, ["lt", "lte"]));
  if (to !== undefined) return { param: to.param, side: "to", bound: boundOf(to), until: null };
  const not = match.find((one) => isOf(one, ["ne"]) && !isCut(one.value));
  return not === undefined ? null : { param: not.param, side: "not", bound: boundOf(not), until: null };
}

/** Where the bounds stand that let this value of the param pass; undefined is a param that is not there. */
export function stretchesOf(side: ListenerRange["side"], value: Json | undefined): readonly Stretch[] {
  if (!isOrdered(value)) return side === "not" ? [{ low: "n", high: "u", at: "" }] : [];
  const kind = typeof value === "number" ? "n" : "t";
  const text = `${kind}${orderedText(value)}`;
  const at = `${text}${EQUAL}`;
  if (typeof side === "number") return [{ low: at.slice(0, side), high: at, at }];
  switch (side) {
    case "from":
      return [{ low: kind, high: at, at }];
    case "to":
      return [{ low: at, high: `${kind}~`, at }];
    case "not":
      return [
        { low: "n", high: text, at: "" },
        { low: `${text}${PAST_EQUAL}`, high: "u", at: "" },
      ];
  }
}

// The last character of a bound, in their order, all of them before the digits of a longer one: a bound of `lt` is just below those of
// its value, one of `gt` just above.
const BELOW = " ";
const EQUAL = "!";
const PAST_EQUAL = '"';
const ABOVE = "#";

/** Of longer texts so much is compared here, so that the index stays small. */
const CHARACTERS_MAX = 50;

function between(from: SignalMatch, to: SignalMatch): ListenerRange {
  const bound = boundOf(from);
  const until = boundOf(to);
  const shared = Array.from(bound).findIndex((character, place) => character !== until[place]);
  return { param: from.param, side: shared < 0 ? bound.length : shared, bound, until };
}

function isOf({ operator, value }: SignalMatch, operators: readonly SignalMatch["operator"][]): boolean {
  return operators.includes(operator) && isOrdered(value);
}

function isOrdered(value: Json | undefined): value is number | string {
  return typeof value === "number" || typeof value === "string";
}

function isCut(value: Json): boolean {
  return typeof value === "string" && value.length >= CHARACTERS_MAX;
}

function boundOf({ operator, value }: SignalMatch): string {
  if (typeof value === "number") return `n${orderedText(value)}${ENDS[operator] ?? EQUAL}`;
  const text = typeof value === "string" ? value : "";
  return `t${orderedText(text)}${isCut(text) ? EQUAL : (ENDS[operator] ?? EQUAL)}`;
}

const ENDS: Partial<Record<SignalMatch["operator"], string>> = { lt: BELOW, gt: ABOVE };

/** Hexadecimal digits whose order is that of JavaScript, in which SQLite compares neither all texts nor numbers with texts. */
function orderedText(value: number | string): string {
  if (typeof value === "number") return orderedBits(value).toString(16).padStart(16, "0");
  return Array.from({ length: Math.min(value.length, CHARACTERS_MAX) }, (_, place) =>
    value.charCodeAt(place).toString(16).padStart(4, "0"),
  ).join("");
}

/** The bits of a double, ordered as numbers are: those of negative ones are turned around. Zero has one form. */
function orderedBits(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value === 0 ? 0 : value);
  const bits = view.getBigUint64(0);
  return value < 0 ? ~bits & ALL_BITS : bits | SIGN_BIT;
}

const SIGN_BIT = 1n << 63n;
const ALL_BITS = (1n << 64n) - 1n;
