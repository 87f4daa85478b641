import { canonicalJson } from "../compile/canonical-json.js";
import type { SignalMatch } from "../definition/definition.js";
import type { CompiledWorkflow } from "../project/compiled-project.js";

/** How one workflow makes another act. */
export interface WorkflowLink {
  /**
   * `signal`: a step emits what the other hears. `workflow`: the other starts when a run ends. `subworkflow`: a step runs
   * the other. `caller`: the other runs this one as a step and goes on with what it left.
   */
  readonly via: "signal" | "workflow" | "subworkflow" | "caller";
  /** The signal, or the workflow whose name makes the link. */
  readonly name: string;
  /** The other workflow. */
  readonly to: string;
}

/** Who acts on whom in one project. */
export interface WorkflowGraph {
  /** What a workflow makes act, directly; found while it is walked, for a hub may have thousands. */
  linksFrom(id: string): Iterable<WorkflowLink>;
}

/** A signal that a step emits, or that somebody hears; the params that are plain values say whether the two can meet. */
interface Mention {
  readonly signal: string;
  readonly params: Readonly<Record<string, unknown>> | null;
  readonly match: readonly SignalMatch[];
}

/** What of a workflow concerns others. */
interface Mentions {
  readonly emits: readonly Mention[];
  readonly hears: readonly Mention[];
  /** Workflows that its triggers wait for, and that its steps run. */
  readonly follows: readonly string[];
  readonly runs: readonly string[];
}

/** The graph of a project's workflows. */
export function workflowGraph(workflows: readonly CompiledWorkflow[]): WorkflowGraph {
  const mentions = new Map(workflows.map((workflow) => [workflow.id, mentionsOf(workflow)]));
  const hearers = new Map<string, { readonly id: string; readonly heard: Mention }[]>();
  const followers = new Map<string, string[]>();
  const callers = new Map<string, string[]>();
  for (const [id, { hears, follows, runs }] of mentions) {
    for (const heard of hears) addTo(hearers, heard.signal, { id, heard });
    for (const followed of follows) addTo(followers, followed, id);
    for (const callee of runs) addTo(callers, callee, id);
  }
  function* heardFrom(id: string): Iterable<WorkflowLink> {
    for (const emitted of mentions.get(id)?.emits ?? []) {
      for (const { id: to, heard } of hearers.get(emitted.signal) ?? []) {
        if (canMeet(emitted, heard)) yield { via: "signal", name: emitted.signal, to };
      }
    }
  }

  function* linksFrom(id: string): Iterable<WorkflowLink> {
    yield* heardFrom(id);
    for (const to of followers.get(id) ?? []) yield { via: "workflow", name: id, to };
    for (const to of mentions.get(id)?.runs ?? []) {
      if (mentions.has(to)) yield { via: "subworkflow", name: to, to };
    }
    for (const to of callers.get(id) ?? []) yield { via: "caller", name: id, to };
  }

  return { linksFrom };
}

function mentionsOf({ definition }: CompiledWorkflow): Mentions {
  const emits: Mention[] = [];
  const hears: Mention[] = [];
  const follows: string[] = [];
  const runs: string[] = [];
  visit(definition.triggers, (place) => {
    if (typeof place["signal"] === "string") hears.push(mentionOf(place["signal"], place));
    else if (typeof place["workflow"] === "string") follows.push(place["workflow"]);
  });
  visit(definition.steps, (place, key) => {
    if (typeof place["signal"] === "string") {
      (key === "emit" ? emits : hears).push(mentionOf(place["signal"], place));
    } else if (typeof place["workflow"] === "string") runs.push(place["workflow"]);
  });
  return { emits, hears, follows, runs };
}

function mentionOf(signal: string, place: Readonly<Record<string, unknown>>): Mention {
  const { params, match } = place;
  return {
    signal,
    params: isObject(params) ? params : null,
    // What stands under `match` in a definition is this.
    match: Array.isArray(match) ? (match as readonly SignalMatch[]) : [],
  };
}

type Visitor = (place: Readonly<Record<string, unknown>>, key: string) => void;

/** Every map of a definition with the key it stands under; values that authors wrote are left alone. */
function visit(value: unknown, visitor: Visitor, key = ""): void {
  if (Array.isArray(value)) for (const item of value as readonly unknown[]) visit(item, visitor, key);
  else if (isObject(value)) {
    visitor(value, key);
    for (const [name, entry] of Object.entries(value))
      if (!OF_THE_AUTHOR.has(name)) visit(entry, visitor, name);
  }
}

const OF_THE_AUTHOR: ReadonlySet<string> = new Set([
  "env",
  "headers",
  "params",
  "outputs",
  "with",
  "vars",
  "match",
]);

/** Whether a signal that is emitted like this may satisfy such a match. Only plain values can say that it never does. */
function canMeet({ params }: Mention, { match }: Mention): boolean {
  return match.every(({ param, operator, value }) => {
    if (operator !== "eq" || params === null) return true;
    if (params[param] === undefined) return false;
    const emitted = plainText(params[param]);
    const wanted = plainText(value);
    return emitted === null || wanted === null || emitted === wanted;
  });
}

/** A value as text to compare; null for one that only a run knows. The match of a trigger holds plain values as they are. */
function plainText(value: unknown): string | null {
  if (!isObject(value) || typeof value["kind"] !== "string") return canonicalJson(value);
  return value["kind"] === "literal" ? canonicalJson(value["value"]) : null;
}

function addTo<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
