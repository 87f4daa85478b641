import type { GateMatch } from "../definition/definition.js";
import { canMeet, mentionsOf, type Mention } from "../definition/mentions.js";
import type { CompiledWorkflow } from "../project/compiled-project.js";
import { oncePer } from "../project/once-per.js";

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

/** The graph of a project's workflows; the same for the same array. */
export const workflowGraph: (workflows: readonly CompiledWorkflow[]) => WorkflowGraph = oncePer(graphOf);

function graphOf(workflows: readonly CompiledWorkflow[]): WorkflowGraph {
  const mentions = new Map(workflows.map((workflow) => [workflow.id, sortedMentions(workflow)]));
  const hearers = new Map<string, { readonly id: string; readonly match: readonly GateMatch[] }[]>();
  const followers = new Map<string, string[]>();
  const callers = new Map<string, string[]>();
  for (const [id, { hears, follows, runs }] of mentions) {
    for (const { signal, match } of hears) addTo(hearers, signal, { id, match });
    for (const followed of follows) addTo(followers, followed, id);
    for (const callee of runs) addTo(callers, callee, id);
  }
  function* heardFrom(id: string): Iterable<WorkflowLink> {
    for (const emitted of mentions.get(id)?.emits ?? []) {
      for (const { id: to, match } of hearers.get(emitted.signal) ?? []) {
        if (canMeet(emitted.params, match)) yield { via: "signal", name: emitted.signal, to };
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
