import type {
  SignalMatch,
  StepDefinition,
  StepProperties,
  Trigger,
  WorkflowDefinition,
} from "../definition/definition.js";
import { visibleLine } from "../diagnostics/visible-text.js";
import { formatDuration } from "../types/duration.js";

/** A workflow as a drawing shows it: what starts it, its steps in their order, what they emit. */
export interface WorkflowGraph {
  readonly title: string;
  readonly level: GraphLevel;
}

/** The steps of a workflow, or of a loop: edges never cross the border of a loop. */
export interface GraphLevel {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface GraphNode {
  /** Unique in the graph: the dotted path of a step, or a name that no step can have. */
  readonly id: string;
  readonly shape: "step" | "trigger" | "signal";
  /** One line, in which all can be seen that the file says, as `kind` and `notes`. */
  readonly title: string;
  /** What kind of step or trigger it is, in one or two words. */
  readonly kind: string;
  /** Conditions, joins and the like: a line each. */
  readonly notes: readonly string[];
  /** The steps of a loop; null for all others. */
  readonly inner: GraphLevel | null;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}

type NamedSteps = Readonly<Record<string, Pick<StepProperties, "name">>>;

/** The graph of a compiled workflow: steps are called by their names, where they have any. */
export function graphOf({
  definition: { id, triggers, steps },
  properties,
}: {
  readonly definition: WorkflowDefinition;
  readonly properties: { readonly steps: NamedSteps };
}): WorkflowGraph {
  const level = levelOf(steps, "", properties.steps);
  const starts = triggers.map((trigger, index) => triggerNode(trigger, index));
  const first = steps.filter(({ needs }) => needs.length === 0);
  const edges = starts.flatMap((start) => first.map((step) => ({ from: start.id, to: step.id })));
  return {
    title: id,
    level: { nodes: [...starts, ...level.nodes].map(visible), edges: [...edges, ...level.edges] },
  };
}

/** A drawing goes to a terminal, too, and XML has no way to say most control characters. */
function visible({ title, kind, notes, inner, ...node }: GraphNode): GraphNode {
  return {
    ...node,
    title: visibleLine(title),
    kind: visibleLine(kind),
    notes: notes.map(visibleLine),
    inner: inner === null ? null : { ...inner, nodes: inner.nodes.map(visible) },
  };
}

function levelOf(steps: readonly StepDefinition[], outer: string, named: NamedSteps): GraphLevel {
  const signals = steps.flatMap((step) => signalsOf(step, outer));
  const known = new Set(steps.map(({ id }) => id));
  const needs = steps.flatMap((step) =>
    step.needs
      .filter((need) => known.has(need))
      .map((need) => ({ from: `${outer}${need}`, to: `${outer}${step.id}` })),
  );
  return {
    nodes: [...steps.map((step) => stepNode(step, outer, named)), ...signals.map(({ node }) => node)],
    edges: [...needs, ...signals.map(({ edge }) => edge)],
  };
}

function stepNode(step: StepDefinition, outer: string, named: NamedSteps): GraphNode {
  const id = `${outer}${step.id}`;
  const name = named[id]?.name ?? null;
  return {
    id,
    shape: "step",
    title: name ?? step.id,
    kind: kindOf(step),
    notes: [...(name === null ? [] : [`step ${step.id}`]), ...notesOf(step)],
    inner: "steps" in step ? levelOf(step.steps, `${id}.`, named) : null,
  };
}

function kindOf(step: StepDefinition): string {
  switch (step.kind) {
    case "foreach":
      return `foreach ${step.over.map(({ variable }) => variable).join(", ")}`;
    case "workflow":
      return `workflow ${step.workflow}`;
    case "sleep":
      return "forMs" in step.sleep ? `sleep ${formatDuration(step.sleep.forMs)}` : "sleep";
    default:
      return step.kind;
  }
}

function notesOf(step: StepDefinition): readonly string[] {
  return [
    ...(step.require === "all_succeeded" ? [] : [`require ${step.require}`]),
    ...(step.if === null ? [] : [`if ${oneLine(step.if)}`]),
    ...(step.kind === "while" ? [`while ${oneLine(step.while)}`] : []),
    ...step.waitFor.map(({ signal }) => `waits for ${signal}`),
    ...(step.ignoreFailure ? ["may fail"] : []),
  ];
}

function signalsOf(
  step: StepDefinition,
  outer: string,
): readonly { readonly node: GraphNode; readonly edge: GraphEdge }[] {
  return step.emit.map(({ signal }, index) => {
    const id = `${outer}${step.id}!${index}`;
    const node = { id, shape: "signal" as const, title: signal, kind: "emits", notes: [], inner: null };
    return { node, edge: { from: `${outer}${step.id}`, to: id } };
  });
}

function triggerNode(trigger: Trigger, index: number): GraphNode {
  const node = { id: `!${index}`, shape: "trigger" as const, inner: null };
  switch (trigger.kind) {
    case "schedule":
      return { ...node, title: trigger.schedule, kind: "schedule", notes: [trigger.timezone] };
    case "signal": {
      const condition = trigger.if === null ? [] : [`if ${oneLine(trigger.if)}`];
      const notes = [...trigger.match.map(matchNote), ...condition];
      return { ...node, title: trigger.signal, kind: "signal", notes };
    }
    case "all": {
      const title = trigger.signals.map(({ signal }) => signal).join(" + ");
      const notes = trigger.join.length === 0 ? [] : [`equal ${trigger.join.join(", ")}`];
      return { ...node, title, kind: "all signals", notes };
    }
    case "workflow":
      return { ...node, title: trigger.workflow, kind: `workflow ${trigger.on}`, notes: [] };
  }
}

function matchNote({ param, operator, value }: SignalMatch): string {
  const given = typeof value === "string" ? value : JSON.stringify(value);
  return operator === "eq" ? `${param} ${given}` : `${param} ${operator} ${given}`;
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}
