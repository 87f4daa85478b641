import type { ExpressionChecker } from "../expressions/check-expression.js";
import { stepPath, type StepLevel, type StepNode } from "../model/step-tree.js";
import { itemsOf } from "../schema/field-value.js";
import type { YamlPath } from "./cursor-place.js";
import type { FileModel, TestModel, WorkflowModel } from "./file-model.js";

/** The step to which a path leads, or in which it ends; null when there is none of these ids. */
export function stepOnPath({ top }: Pick<WorkflowModel, "top">, path: YamlPath): StepNode | null {
  let step: StepNode | null = null;
  let level: WorkflowModel["top"] | null = top;
  for (let at = 0; level !== null && path[at] === "steps"; at += 2) {
    const next: StepNode | undefined = level.byId.get(String(path[at + 1]));
    if (next === undefined) break;
    step = next;
    level = next.inner;
  }
  return step;
}

/** The level on which the step stands, or is to stand, whose id is the last on a path; null when the path names none. */
export function levelOnPath({ top }: Pick<WorkflowModel, "top">, path: YamlPath): StepLevel | null {
  let level: StepLevel | null = path[0] === "steps" ? top : null;
  for (let at = 0; level !== null && path[at + 2] === "steps"; at += 2)
    level = level.byId.get(String(path[at + 1]))?.inner ?? null;
  return level;
}

/** The checker of the expressions that may stand at a path, which knows their names; null where none may. */
export function checkerAt(model: FileModel, path: YamlPath): ExpressionChecker | null {
  if (model.kind === "template") return model.template?.checker ?? null;
  if (model.kind === "test") return checkerInTests(model, path);
  return model.kind === "workflow" ? checkerInWorkflow(model, path) : null;
}

/** Only conditions of the iterations of a step are expressions. */
function checkerInTests({ testedPlace }: TestModel, [, , part, ...rest]: YamlPath): ExpressionChecker | null {
  const step = part === "given" ? rest[0] : rest[1];
  return typeof step === "string" ? (testedPlace(step)?.checker ?? null) : null;
}

function checkerInWorkflow(model: WorkflowModel, path: YamlPath): ExpressionChecker | null {
  const { checkers, fields, top } = model;
  switch (path[0]) {
    case "steps":
      return checkerOfStep(model, path);
    case "triggers": {
      const [, index, key] = typeof path[1] === "number" ? path : ["triggers", 0, path[1]];
      const trigger = itemsOf(fields.triggers)[Number(index)];
      if (trigger === undefined) return null;
      return key === "if" ? checkers.triggerConditions(trigger.value) : checkers.triggers(trigger.value);
    }
    case "params":
      return checkers.paramDefaults(null);
    case "outputs":
      return checkers.values(top);
    default:
      return null;
  }
}

function checkerOfStep(model: WorkflowModel, path: YamlPath): ExpressionChecker | null {
  const { checkers, top } = model;
  const step = stepOnPath(model, path);
  if (step === null) return checkers.values(top);
  const below = path.slice(2 * stepPath(step).split(".").length);
  return checkerOfKey(below.join("."), step, checkers);
}

function checkerOfKey(below: string, step: StepNode, checkers: WorkflowModel["checkers"]): ExpressionChecker {
  if (below === "if") return checkers.conditions(step.level);
  if (below === "while") return checkers.whiles(step);
  if (below === "http.poll.until") return checkers.responses(step.level);
  // A step that is just being written is not known yet, but the steps around it are.
  const isInside = below.startsWith("next") || below.startsWith("steps");
  return checkers.values(isInside && step.inner !== null ? step.inner : step.level);
}
