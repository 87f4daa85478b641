import { inexactNumberProblem, type Json, type Webhook } from "@headwater/workflow";
import { ServiceError } from "../errors.js";
import { findMarkedNumber, markedNumber } from "./json-bodies.js";

/** A signal that a request to a webhook holds. */
export interface WebhookSignal {
  readonly params: Readonly<Record<string, Json>>;
  /** What it is told apart by from other deliveries; null when each counts. */
  readonly key: string | null;
}

const ITEMS_MAX = 1000;
const KEY_LENGTH_MAX = 200;

/** What the body, in which numbers that would be others are marked, means by the webhook's mapping. @throws ServiceError bad-request, with the place that does not fit */
export function webhookSignals(
  { each, params, dedupe }: Pick<Webhook, "each" | "params" | "dedupe">,
  body: Json,
  header: (name: string) => string | null,
): readonly WebhookSignal[] {
  return itemsOf(body, each).map((item, index) => ({
    params: Object.fromEntries(
      Object.entries(params).flatMap(([name, pointer]) => {
        const value = at(item, pointer);
        return value === undefined ? [] : [[name, exactly(value, pointer)] as const];
      }),
    ),
    key: dedupe === null ? null : keyOf(dedupe, { item, header, suffix: each === null ? "" : `#${index}` }),
  }));
}

function itemsOf(body: Json, each: string | null): readonly Json[] {
  if (each === null) return [body];
  const items = at(body, each);
  if (!Array.isArray(items)) throw unfit(`"each" needs a list at ${each}, and there is none`);
  if (items.length > ITEMS_MAX)
    throw unfit(`${each} has ${items.length} items, at most ${ITEMS_MAX} may come at once`);
  // What is parsed from JSON holds nothing else.
  return items as readonly Json[];
}

/** Only what is read has to be exact: hosts send long ids of which most webhooks want none. */
function exactly(value: Json, pointer: string): Json {
  const inexact = findMarkedNumber(value);
  if (inexact === null) return value;
  throw unfit(`${pointer} has a number that would be another one: ${inexactNumberProblem(inexact)}`);
}

/** A header is of the whole delivery, so its items are told apart by their places. */
function keyOf(
  dedupe: string,
  from: { readonly item: Json; readonly header: (name: string) => string | null; readonly suffix: string },
): string {
  const isPointer = dedupe.startsWith("/");
  const found = isPointer ? at(from.item, dedupe) : (from.header(dedupe.toLowerCase()) ?? undefined);
  // A key is a text: as that each number is exact.
  const value = markedNumber(found) ?? found;
  if (typeof value !== "string" && typeof value !== "number")
    throw unfit(
      `"dedupe" needs a text or a number ${isPointer ? "at" : "in the header"} ${dedupe}, and there is none`,
    );
  const key = `${value}${isPointer ? "" : from.suffix}`;
  if (key.length > KEY_LENGTH_MAX)
    throw unfit(`what "dedupe" finds has ${key.length} characters, at most ${KEY_LENGTH_MAX}`);
  return key;
}

/** Follows a JSON pointer (RFC 6901); undefined where it leads nowhere. */
function at(value: Json, pointer: string): Json | undefined {
  const names = pointer.split("/").slice(1);
  return names.reduce<Json | undefined>((part, written) => {
    const name = written.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof part !== "object" || part === null) return undefined;
    if (Array.isArray(part) && !/^(?:0|[1-9]\d*)$/.test(name)) return undefined;
    return Object.hasOwn(part, name) ? (part as Readonly<Record<string, Json>>)[name] : undefined;
  }, value);
}

function unfit(why: string): ServiceError {
  return new ServiceError("bad-request", `Cannot take what was sent to the webhook: ${why}`);
}
