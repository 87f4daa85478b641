import { itemsOf } from "../schema/field-value.js";
import { APPROVAL_OUTPUTS } from "../compile/approval-outputs.js";
import { STARTED_RUN_OUTPUTS } from "../compile/started-run-outputs.js";
import type { StepSources, WorkflowInterface } from "../compile/step-sources.js";
import type { Template } from "../compile/template.js";
import type { TextRange } from "../diagnostics/diagnostic.js";
import type { MapItem } from "../schema/collections.js";
import type { StepFields } from "../schema/step-schema.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import type { ValueType } from "../types/value-type.js";

/** The steps of one level: those of the workflow, or those of one foreach. */
export interface StepLevel {
  readonly steps: readonly StepNode[];
  readonly byId: ReadonlyMap<string, StepNode>;
  /** The step around this level; null at the top. */
  readonly parent: StepNode | null;
  /** 1 at the top. */
  readonly depth: number;
}

/** A step as written, with its place among the others. */
export interface StepNode {
  readonly id: string;
  readonly idRange: TextRange;
  readonly node: SyntaxNode;
  readonly fields: StepFields;
  readonly level: StepLevel;
  /** The steps of its level that it needs, as far as there are such; in the order in which it says so. */
  readonly needs: readonly StepNode[];
  /** Null for a step without steps of its own. */
  readonly inner: StepLevel | null;
  /** The template that it uses, when there is one and it can be read. */
  readonly template: Template | null;
  /** The workflow that it runs, when there is one. */
  readonly target: WorkflowInterface | null;
  /** Declared by the step, by its template or by the workflow that it runs. */
  readonly outputs: Readonly<Record<string, ValueType>>;
}

/** How a step finds the files that it refers to. */
export type StepTargets = Pick<StepSources, "readTemplate" | "readWorkflow">;

/** Builds the tree of steps; recursion is bounded, since the syntax is. */
export function buildStepTree(steps: readonly MapItem<StepFields>[], targets: StepTargets): StepLevel {
  return buildLevel(steps, null, targets);
}

/** All steps, outer before inner, in file order. */
export function allSteps(level: StepLevel): readonly StepNode[] {
  return level.steps.flatMap((step) => (step.inner === null ? [step] : [step, ...allSteps(step.inner)]));
}

/** The step as tests and messages name it: `load.copy`. */
export function stepPath(step: StepNode): string {
  return step.level.parent === null ? step.id : `${stepPath(step.level.parent)}.${step.id}`;
}

/** Whether one step has certainly ended before another of its level starts, by `needs`, however long the way. */
export function isUpstream(step: StepNode, of: StepNode): boolean {
  // Mostly it is, and a set is dear.
  if (of.needs.includes(step)) return true;
  // A set is walked in the order in which it grows.
  const reached = new Set(of.needs);
  for (const next of reached) {
    if (next.needs.includes(step)) return true;
    for (const need of next.needs) reached.add(need);
  }
  return false;
}

function buildLevel(
  steps: readonly MapItem<StepFields>[],
  parent: StepNode | null,
  targets: StepTargets,
): StepLevel {
  const nodes: GrowingNode[] = [];
  const byId = new Map<string, StepNode>();
  const level: StepLevel = {
    steps: nodes,
    byId,
    parent,
    depth: parent === null ? 1 : parent.level.depth + 1,
  };
  for (const item of steps) {
    const step = buildStep(item, level, targets);
    nodes.push(step);
    byId.set(step.id, step);
  }
  for (const step of nodes) {
    step.needs = itemsOf(step.fields.needs).flatMap((need) => byId.get(need.value) ?? []);
  }
  return level;
}

/** What a step has around it is there only later. */
interface GrowingNode extends StepNode {
  inner: StepLevel | null;
  needs: readonly StepNode[];
}

function buildStep(item: MapItem<StepFields>, level: StepLevel, targets: StepTargets): GrowingNode {
  const fields = item.value.value;
  const template = fields.use === undefined ? null : targets.readTemplate(fields.use.value);
  const target = fields.workflow === undefined ? null : targets.readWorkflow(fields.workflow.value);
  const { key: id, keyRange: idRange } = item;
  // The inner level points back at its step, so the step exists before it.
  const step: GrowingNode = {
    id,
    idRange,
    node: item.value.node,
    fields,
    level,
    needs: [],
    inner: null,
    template,
    target,
    outputs: outputsOf(fields, template, target),
  };
  if (fields.steps !== undefined) step.inner = buildLevel(fields.steps.value, step, targets);
  return step;
}

function outputsOf(
  fields: StepFields,
  template: Template | null,
  target: WorkflowInterface | null,
): Readonly<Record<string, ValueType>> {
  if (fields.approval !== undefined) return APPROVAL_OUTPUTS;
  if (fields.workflow !== undefined && fields.wait?.value === false) return STARTED_RUN_OUTPUTS;
  const declared = [...itemsOf(template?.fields.outputs), ...itemsOf(fields.outputs)];
  const given = target?.outputs.map(({ name, type }) => [name, type] as const) ?? [];
  return Object.fromEntries([...declared.map(({ key, value }) => [key, value.value] as const), ...given]);
}
