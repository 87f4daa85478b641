import type { SeenExpression } from "../checks/used-names.js";
import type { StepLevel, StepNode } from "../model/step-tree.js";
import { stepPath } from "../model/step-tree.js";
import type { TemplateModel, WorkflowModel } from "./file-model.js";
import { levelAt } from "./level-at.js";
import { symbolKey, type Notes, type SymbolKey } from "./occurrence.js";
import { segmentsOf, type PathSegment } from "./path-segments.js";
import { loopWith, stepSeenFrom, symbolOfOutput, symbolOfStep, type StepOwner } from "./step-symbols.js";

/** The names that the expressions of a workflow use, each at its own characters. */
export function noteExpressions(model: WorkflowModel, owner: StepOwner, notes: Notes): void {
  for (const expression of model.expressions)
    noteExpression(expression, { level: levelAt(model.top, expression.offset(0)), owner, notes });
}

/** The names of one expression that stands on a level. */
export function noteExpression(expression: SeenExpression, place: UsePlace): void {
  for (const segments of usesIn(expression)) noteUse(segments, place);
}

/** The same of a template, whose expressions use its inputs. */
export function noteTemplateExpressions({ path, expressions }: TemplateModel, notes: Notes): void {
  for (const expression of expressions) {
    for (const [root, name] of usesIn(expression)) {
      if (root?.name === "inputs" && name !== undefined) notes.use(symbolKey.input(path, name.name), name);
      if (root?.name === "secrets" && name !== undefined) notes.use(symbolKey.secret(name.name), name);
    }
  }
}

function usesIn(expression: SeenExpression): readonly (readonly PathSegment[])[] {
  return expression.checked.references.map((reference) => segmentsOf(reference, expression));
}

interface UsePlace {
  readonly level: StepLevel;
  readonly owner: StepOwner;
  readonly notes: Notes;
}

function noteUse(segments: readonly PathSegment[], place: UsePlace): void {
  const [root, first, ...rest] = segments;
  if (root === undefined || first === undefined) return;
  if (root.name === "steps") {
    const step = stepSeenFrom(place.level, first.name);
    if (step !== null) noteStepUse(step, [first, ...rest], place);
    return;
  }
  const symbol = symbolOfMember(root.name, first.name, place);
  if (symbol !== null) place.notes.use(symbol, first);
}

function symbolOfMember(root: string, name: string, { level, owner }: UsePlace): SymbolKey | null {
  switch (root) {
    case "params":
      return symbolKey.param(owner.workflow, name);
    case "secrets":
      return symbolKey.secret(name);
    case "signals":
      return symbolKey.joined(owner.workflow, name);
    case "each":
      return variableOf(loopWith(level, "foreach", name), name, owner);
    case "loop":
      return variableOf(loopWith(level, "vars", name), name, owner);
    default:
      return null;
  }
}

function variableOf(loop: StepNode | null, name: string, { workflow }: StepOwner): SymbolKey | null {
  return loop === null ? null : symbolKey.variable(workflow, stepPath(loop), name);
}

/** `steps.load.outputs.copy.rows`: a loop's outputs are those of the steps within. */
function noteStepUse(step: StepNode, segments: readonly PathSegment[], { owner, notes }: UsePlace): void {
  const [id, member, ...names] = segments;
  if (id !== undefined) notes.use(symbolOfStep(step, owner), id);
  if (member?.name !== "outputs") return;
  let of: StepNode | undefined = step;
  for (const segment of names) {
    if (of === undefined) return;
    const inner: StepNode | undefined = of.inner?.byId.get(segment.name);
    const symbol = inner === undefined ? symbolOfOutput(of, segment.name, owner) : symbolOfStep(inner, owner);
    if (symbol !== null) notes.use(symbol, segment);
    of = inner;
  }
}
