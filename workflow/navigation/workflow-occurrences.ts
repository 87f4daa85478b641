import { resolvePath } from "../project/repository-path.js";
import { itemsOf } from "../schema/field-value.js";
import { stepPath, type StepNode } from "../model/step-tree.js";
import type { MapItem } from "../schema/collections.js";
import type { Located } from "../schema/schema.js";
import type { StepFields } from "../schema/step-schema.js";
import type { TriggerFields } from "../schema/trigger-schema.js";
import { noteExpressions } from "./expression-occurrences.js";
import type { WorkflowModel } from "./file-model.js";
import { wholeOf } from "./level-at.js";
import { symbolKey, type Notes, type SymbolKey, type WrittenName } from "./occurrence.js";
import { symbolOfGiven, symbolOfStep, type StepOwner } from "./step-symbols.js";

/** Every name of a workflow file: what it defines, and what it uses of its own and of other files. */
export function noteWorkflow(model: WorkflowModel, notes: Notes): void {
  const { fields, path, steps, root } = model;
  const owner: StepOwner = { path, workflow: fields.workflow?.value ?? path };
  if (fields.workflow !== undefined)
    notes.define(symbolKey.workflow(fields.workflow.value), named(fields.workflow), root?.range);
  defineItems(fields.params, (name) => symbolKey.param(owner.workflow, name), notes);
  defineItems(fields.outputs, (name) => symbolKey.workflowOutput(owner.workflow, name), notes);
  for (const { value } of itemsOf(fields.triggers)) noteTrigger(value, owner, notes);
  for (const step of steps) noteStep(step, owner, notes);
  noteExpressions(model, owner, notes);
}

/** A text that is a name, and where it stands. */
export function named({ value, range }: Located<string>): WrittenName {
  return { name: value, range };
}

/** The keys of a map, each of which gives a name. */
export function defineItems<T>(
  field: Located<readonly MapItem<T>[]> | undefined,
  symbolOf: (name: string) => SymbolKey,
  notes: Notes,
): void {
  for (const { key, keyRange, value } of itemsOf(field)) {
    notes.define(
      symbolOf(key),
      { name: key, range: keyRange },
      { start: keyRange.start, end: value.range.end },
    );
  }
}

/** The keys of a map, each of which uses a name. */
export function useItems<T>(
  field: Located<readonly MapItem<T>[]> | undefined,
  symbolOf: (name: string) => SymbolKey | null,
  notes: Notes,
): void {
  for (const { key, keyRange } of itemsOf(field)) {
    const symbol = symbolOf(key);
    if (symbol !== null) notes.use(symbol, { name: key, range: keyRange });
  }
}

function noteTrigger({ signal, all, workflow, params }: TriggerFields, owner: StepOwner, notes: Notes): void {
  if (signal !== undefined) notes.use(symbolKey.signal(signal.value), named(signal));
  if (workflow !== undefined) notes.use(symbolKey.workflow(workflow.value), named(workflow));
  defineItems(all, (name) => symbolKey.joined(owner.workflow, name), notes);
  for (const { value } of itemsOf(all)) {
    const joined = value.value.signal;
    if (joined !== undefined) notes.use(symbolKey.signal(joined.value), named(joined));
  }
  useItems(params, (name) => symbolKey.param(owner.workflow, name), notes);
}

function noteStep(step: StepNode, owner: StepOwner, notes: Notes): void {
  const { fields, id, idRange, level } = step;
  notes.define(symbolOfStep(step, owner), { name: id, range: idRange }, wholeOf(step));
  for (const need of itemsOf(fields.needs)) {
    const needed = level.byId.get(need.value);
    if (needed !== undefined) notes.use(symbolOfStep(needed, owner), named(need));
  }
  const path = stepPath(step);
  defineItems(fields.outputs, (name) => symbolKey.stepOutput(owner.workflow, path, name), notes);
  for (const variables of [fields.foreach, fields.vars])
    defineItems(variables, (name) => symbolKey.variable(owner.workflow, path, name), notes);
  useItems(fields.next, (name) => symbolKey.variable(owner.workflow, path, name), notes);
  useItems(fields.with, (name) => symbolOfGiven(step, name, owner), notes);
  noteOtherFiles(step, owner, notes);
}

function noteOtherFiles({ fields }: StepNode, { path }: StepOwner, notes: Notes): void {
  const { workflow, use, pool } = fields;
  if (workflow !== undefined) notes.use(symbolKey.workflow(workflow.value), named(workflow));
  const template = use === undefined ? null : resolvePath(use.value, path);
  if (use !== undefined && template !== null) notes.use(symbolKey.template(template), named(use));
  if (pool !== undefined) notes.use(symbolKey.pool(pool.value), named(pool));
  for (const permit of itemsOf(fields.permits)) notes.use(symbolKey.permit(permit.value), named(permit));
  noteSignals(fields, notes);
}

/** What a step emits is where others that speak of the signal are led to. */
export function noteSignals(
  { wait_for: gates, emit }: Pick<StepFields, "wait_for" | "emit">,
  notes: Notes,
): void {
  for (const { value } of itemsOf(gates)) {
    if (value.signal !== undefined) notes.use(symbolKey.signal(value.signal.value), named(value.signal));
  }
  for (const { value, range } of itemsOf(emit)) {
    if (value.signal !== undefined)
      notes.define(symbolKey.signal(value.signal.value), named(value.signal), range);
  }
}
