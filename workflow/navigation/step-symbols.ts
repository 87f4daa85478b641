import { resolvePath } from "../project/repository-path.js";
import { itemsOf } from "../schema/field-value.js";
import { stepPath, type StepLevel, type StepNode } from "../model/step-tree.js";
import { symbolKey, type SymbolKey } from "./occurrence.js";

/** The file and the workflow in which steps stand. */
export interface StepOwner {
  readonly path: string;
  /** The workflow's id; the path when the file does not say it. */
  readonly workflow: string;
}

/** The symbol of a step. */
export function symbolOfStep(step: StepNode, { workflow }: StepOwner): SymbolKey {
  return symbolKey.step(workflow, stepPath(step));
}

/** The symbol of an output of a step, which its template or the workflow that it runs may declare; null when nobody does. */
export function symbolOfOutput(step: StepNode, name: string, owner: StepOwner): SymbolKey | null {
  const { fields, template, target } = step;
  if (itemsOf(fields.outputs).some(({ key }) => key === name))
    return symbolKey.stepOutput(owner.workflow, stepPath(step), name);
  if (template !== null && itemsOf(template.fields.outputs).some(({ key }) => key === name))
    return symbolKey.templateOutput(template.path, name);
  if (target !== null && fields.workflow !== undefined && fields.wait?.value !== false)
    return symbolKey.workflowOutput(fields.workflow.value, name);
  return null;
}

/** The symbol of what a step gives under `with`; null when it gives it to nobody. */
export function symbolOfGiven({ fields }: StepNode, name: string, { path }: StepOwner): SymbolKey | null {
  if (fields.workflow !== undefined) return symbolKey.param(fields.workflow.value, name);
  const file = fields.use === undefined ? null : resolvePath(fields.use.value, path);
  return file === null ? null : symbolKey.input(file, name);
}

/** The step of this id that is seen from a level: the nearest. */
export function stepSeenFrom(level: StepLevel, id: string): StepNode | null {
  for (let at: StepLevel | null = level; at !== null; at = at.parent?.level ?? null) {
    const step = at.byId.get(id);
    if (step !== undefined) return step;
  }
  return null;
}

/** The loop around a level, or the level's own, which has a variable of this name. */
export function loopWith(level: StepLevel, kind: "foreach" | "vars", name: string): StepNode | null {
  for (let loop = level.parent; loop !== null; loop = loop.level.parent) {
    if (itemsOf(loop.fields[kind]).some(({ key }) => key === name)) return loop;
  }
  return null;
}
