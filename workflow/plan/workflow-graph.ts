import type { GateMatch } from "../definition/definition.js";
import { canMeet, mentionsOf, type Mention } from "../definition/mentions.js";
import type { CompiledWorkflow } from "../project/compiled-project.js";
import { oncePer } from "../project/once-per.js";
import type { WorkflowPair } from "./workflow-pairs.js";

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

/** What of a workflow concerns others, by what it does. */
interface Mentions {
  readonly emits: readonly (Mention & { readonly role: "emits" })[];
  readonly hears: readonly (Mention & { readonly role: "starts" | "waits" })[];
  /** Workflows that its triggers wait for, and that its steps run. */
  readonly follows: readonly string[];
  readonly runs: readonly string[];
}

/** A workflow that names something. */
interface Naming {
  readonly id: string;
}

interface Hearing extends Naming {
  readonly match: readonly GateMatch[];
}

/** What workflows say of each other, by who is named. Lists are in the order of ids. */
interface LinkIndex {
  mentionsOf(id: string): Mentions | undefined;
  /** Of a signal. */
  hearersOf(signal: string): readonly Hearing[];
  followersOf(id: string): readonly Naming[];
  callersOf(id: string): readonly Naming[];
}

/**
 * The graphs before and after a change of those pairs. The one before is made once for a list, and what does not change of it serves for both;
 * where nobody asks, none is made.
 */
export function graphsOf(
  before: readonly CompiledWorkflow[],
  pairs: readonly WorkflowPair[],
): { readonly before: WorkflowGraph; readonly after: WorkflowGraph } {
  let changed: LinkIndex | undefined;
  return {
    before: graphOf(() => indexOf(before)),
    after: graphOf(() => (changed ??= changedIndex(indexOf(before), pairs))),
  };
}

function graphOf(indexNow: () => LinkIndex): WorkflowGraph {
  function* heardFrom(id: string, index: LinkIndex): Iterable<WorkflowLink> {
    for (const emitted of index.mentionsOf(id)?.emits ?? []) {
      for (const { id: to, match } of index.hearersOf(emitted.signal)) {
        if (canMeet(emitted.params, match)) yield { via: "signal", name: emitted.signal, to };
      }
    }
  }

  function* linksFrom(id: string): Iterable<WorkflowLink> {
    const index = indexNow();
    yield* heardFrom(id, index);
    for (const { id: to } of index.followersOf(id)) yield { via: "workflow", name: id, to };
    for (const to of index.mentionsOf(id)?.runs ?? []) {
      if (index.mentionsOf(to) !== undefined) yield { via: "subworkflow", name: to, to };
    }
    for (const { id: to } of index.callersOf(id)) yield { via: "caller", name: id, to };
  }

  return { linksFrom };
}

const indexOf = oncePer((workflows: readonly CompiledWorkflow[]): LinkIndex => {
  const mentions = new Map(workflows.map((workflow) => [workflow.id, sortedMentions(workflow)]));
  const hearers = new Map<string, Hearing[]>();
  const followers = new Map<string, Naming[]>();
  const callers = new Map<string, Naming[]>();
  for (const [id, { hears, follows, runs }] of mentions) {
    for (const { signal, match } of hears) addTo(hearers, signal, { id, match });
    for (const followed of follows) addTo(followers, followed, { id });
    for (const callee of runs) addTo(callers, callee, { id });
  }
  return {
    mentionsOf: (id) => mentions.get(id),
    hearersOf: (signal) => hearers.get(signal) ?? [],
    followersOf: (id) => followers.get(id) ?? [],
    callersOf: (id) => callers.get(id) ?? [],
  };
});

/** The same, but for those pairs. */
function changedIndex(index: LinkIndex, pairs: readonly WorkflowPair[]): LinkIndex {
  const changed = new Set(pairs.map(({ id }) => id));
  const fresh = indexOf(pairs.flatMap(({ after }) => after ?? []));
  const changedList =
    <Item extends Naming>(listOf: (index: LinkIndex, key: string) => readonly Item[]) =>
    (key: string): readonly Item[] =>
      [...listOf(index, key).filter(({ id }) => !changed.has(id)), ...listOf(fresh, key)].sort(byId);
  return {
    mentionsOf: (id) => (changed.has(id) ? fresh : index).mentionsOf(id),
    hearersOf: remembered(changedList((each, signal) => each.hearersOf(signal))),
    followersOf: remembered(changedList((each, id) => each.followersOf(id))),
    callersOf: remembered(changedList((each, id) => each.callersOf(id))),
  };
}

function remembered<Value>(find: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>();
  return (key) => {
    const value = known.get(key) ?? find(key);
    known.set(key, value);
    return value;
  };
}

function byId(a: Naming, b: Naming): number {
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}

const sortedMentions = oncePer(({ definition }: CompiledWorkflow): Mentions => {
  const mentions = mentionsOf(definition);
  return {
    emits: mentions.filter((mention) => mention.role === "emits"),
    hears: mentions.filter((mention) => mention.role === "starts" || mention.role === "waits"),
    follows: mentions.flatMap((mention) => (mention.role === "follows" ? [mention.workflow] : [])),
    runs: mentions.flatMap((mention) => (mention.role === "calls" ? [mention.workflow] : [])),
  };
});

function addTo<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
