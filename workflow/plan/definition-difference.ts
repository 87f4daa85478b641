import { canonicalJson } from "../compile/canonical-json.js";
import { meaningOf } from "../compile/fingerprint.js";
import type { Trigger } from "../definition/definition.js";
import type { CompiledWorkflow } from "../project/compiled-project.js";
import type { Json, JsonObject } from "../types/json.js";
import { isTellable, labelOf, pairItems, type Pair } from "./item-pairs.js";
import type { Edit, EditedPart } from "./plan.js";
import { writtenForm } from "./written-form.js";

/** The differences of meaning of two editions of a workflow, then those of its operation. */
export function workflowEdits(before: CompiledWorkflow, after: CompiledWorkflow): readonly Edit[] {
  const meaning = compare(
    writtenForm(meaningOf(before.definition)),
    writtenForm(meaningOf(after.definition)),
  );
  const operation = compare(writtenForm(before.properties), writtenForm(after.properties));
  return [
    ...meaning.map((edit) => ({ ...edit, isOperational: false })),
    ...operation.map((edit) => ({ ...edit, isOperational: true })),
  ];
}

/** What starts a workflow, beside its schedules, which are told with their fires. */
export function triggerEdits(before: readonly Trigger[], after: readonly Trigger[]): readonly Edit[] {
  const side = (triggers: readonly Trigger[]): Json =>
    writtenForm({ triggers: triggers.filter(({ kind }) => kind !== "schedule") }) ?? {};
  return compare(side(before), side(after)).map((edit) => ({ ...edit, isOperational: false }));
}

type Difference = Omit<Edit, "isOperational">;

/** Where a value stands: in which part, and on which way inside of it. */
interface Place {
  readonly part: EditedPart;
  readonly keys: readonly string[];
}

const WORKFLOW: Place = { part: { kind: "workflow", name: "" }, keys: [] };

/** Lists whose items are parts of their own, by the key they stand under. */
const PARTS: Readonly<Record<string, EditedPart["kind"]>> = {
  steps: "step",
  params: "param",
  triggers: "trigger",
};

function compare(before: Json, after: Json): readonly Difference[] {
  const found: Difference[] = [];
  compareValues({ before, after }, WORKFLOW, found);
  return found;
}

function compareValues(pair: Pair, place: Place, found: Difference[]): void {
  const { before, after } = pair;
  if (before === after || (before !== undefined && canonicalJson(before) === canonicalJson(after))) return;
  if (isMap(before) && isMap(after)) compareMaps(before, after, { place, found });
  else if (isListOfItems(before) && isListOfItems(after)) compareLists(before, after, { place, found });
  else found.push(differenceAt(pair, place));
}

interface Context {
  readonly place: Place;
  readonly found: Difference[];
}

function compareMaps(before: JsonObject, after: JsonObject, { place, found }: Context): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const pair = { before: before[key], after: after[key] };
    const inner = { part: place.part, keys: [...place.keys, key] };
    const isOfSteps = place === WORKFLOW && key === "steps" && isMap(pair.before ?? pair.after);
    if (isOfSteps) compareStepProperties(pair, { place: inner, found });
    else compareValues(PARTS[key] === undefined ? pair : wholeLists(pair), inner, found);
  }
}

/** A list that is there on one side only is told item by item, when its items are parts. */
function wholeLists(pair: Pair): Pair {
  const isParts = isListOrNothing(pair.before) && isListOrNothing(pair.after);
  return isParts ? { before: pair.before ?? [], after: pair.after ?? [] } : pair;
}

/** What people see of steps stands under their paths, and only of those that have any. */
function compareStepProperties({ before, after }: Pair, { place, found }: Context): void {
  const old = isMap(before) ? before : {};
  const now = isMap(after) ? after : {};
  for (const id of new Set([...Object.keys(old), ...Object.keys(now)])) {
    compareValues({ before: old[id] ?? {}, after: now[id] ?? {} }, placeOfItem(place, id), found);
  }
}

function compareLists(before: readonly JsonObject[], after: readonly JsonObject[], context: Context): void {
  const { place, found } = context;
  const pairs = pairItems(before, after);
  for (const pair of pairs) {
    compareValues(pair, placeOfItem(place, labelOf(pair.after ?? pair.before)), found);
  }
  const order = orderChange(pairs, after);
  if (order !== null) found.push(differenceAt(order, placeOfOrder(place)));
}

/** Where an order means nothing, both sides have the same one: see `meaningOf`. Null when what is on both sides kept its order. */
function orderChange(pairs: readonly Pair<JsonObject>[], after: readonly JsonObject[]): Pair | null {
  const kept = pairs.filter((pair) => pair.before !== undefined && pair.after !== undefined);
  const placeOf = new Map(after.map((item, index) => [item, index]));
  const sorted = kept.toSorted((one, other) => indexAfter(one, placeOf) - indexAfter(other, placeOf));
  if (sorted.every((pair, index) => pair === kept[index])) return null;
  const labels = kept.map(({ before }) => labelOf(before));
  // Of two that are called the same, their numbers tell which is which.
  const areTold = new Set(labels).size === labels.length;
  const name = (pair: Pair<JsonObject>): string =>
    areTold ? labelOf(pair.before) : `#${kept.indexOf(pair) + 1}`;
  return { before: kept.map(name).join(", "), after: sorted.map(name).join(", ") };
}

function indexAfter({ after }: Pair<JsonObject>, placeOf: ReadonlyMap<JsonObject, number>): number {
  return after === undefined ? -1 : (placeOf.get(after) ?? -1);
}

/** `foreach order`, as no key of the language is. */
function placeOfOrder({ part, keys }: Place): Place {
  return { part, keys: [...keys.slice(0, -1), `${keys.at(-1) ?? ""} order`] };
}

function placeOfItem({ part, keys }: Place, label: string): Place {
  const kind = PARTS[keys.at(-1) ?? ""];
  if (kind === undefined || keys.length > 1 || (part.kind !== "workflow" && kind !== "step")) {
    return { part, keys: [...keys, label] };
  }
  return { part: { kind, name: part.kind === "step" ? `${part.name}.${label}` : label }, keys: [] };
}

function differenceAt({ before, after }: Pair, { part, keys }: Place): Difference {
  return {
    change: before === undefined ? "added" : after === undefined ? "removed" : "changed",
    part,
    key: keys.length === 0 ? null : keys.join("."),
    before: before ?? null,
    after: after ?? null,
  };
}

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOfItems(value: Json | undefined): value is readonly JsonObject[] {
  return Array.isArray(value) && value.every((item: Json) => isMap(item) && isTellable(item));
}

function isListOrNothing(value: Json | undefined): boolean {
  return value === undefined || Array.isArray(value);
}
