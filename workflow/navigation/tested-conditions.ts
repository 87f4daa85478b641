import { checkSite } from "../checks/check-site.js";
import type { ExpressionCheckers } from "../checks/expression-checkers.js";
import { createUsedNames, type SeenExpression } from "../checks/used-names.js";
import { createExpressionChecker, type ExpressionChecker } from "../expressions/check-expression.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import type { StepLevel } from "../model/step-tree.js";
import { itemsOf } from "../schema/field-value.js";
import type { Located } from "../schema/schema.js";
import type { TestFileFields } from "../schema/test-schema.js";

/** Where the conditions that a test asks of the iterations of a step find their names. */
export interface TestedPlace {
  readonly level: StepLevel;
  readonly checker: ExpressionChecker;
}

/** By the dotted path of a step; null where the workflow itself has none of it. */
export type FindTestedPlace = (path: string) => TestedPlace | null;

/** A condition of a test. */
export interface TestedCondition {
  readonly expression: SeenExpression;
  readonly level: StepLevel;
}

/** The places of the steps of a workflow. Of the steps around a step a test knows nothing. */
export function testedPlaces(
  { top, checkers }: { readonly top: StepLevel; readonly checkers: ExpressionCheckers },
  library: ExpressionLibrary,
): FindTestedPlace {
  return (path) => {
    let level: StepLevel = top;
    const ids = path.split(".");
    for (const id of ids.slice(0, -1)) {
      const inner = level.byId.get(id)?.inner ?? null;
      if (inner === null) return null;
      level = inner;
    }
    if (!level.byId.has(ids.at(-1) ?? "")) return null;
    const { steps: _, ...scope } = checkers.values(level).scope;
    return { level, checker: createExpressionChecker(scope, library) };
  };
}

/** The conditions of a test file, each checked with the names of its place. */
export function testedConditions(
  fields: TestFileFields,
  text: string,
  find: FindTestedPlace,
): readonly TestedCondition[] {
  return writtenConditions(fields).flatMap(({ step, where }) => {
    const place = find(step);
    if (place === null) return [];
    const seen: TestedCondition[] = [];
    const names = createUsedNames((expression) => seen.push({ expression, level: place.level }));
    checkSite(
      { node: where.node, checker: place.checker, expected: { name: "bool" }, isBare: true },
      { text, names, report: () => undefined, referenceProblem: () => null },
    );
    return seen;
  });
}

function writtenConditions({ tests }: TestFileFields): readonly {
  readonly step: string;
  readonly where: Located<string>;
}[] {
  return itemsOf(tests).flatMap(({ value: { value: test } }) =>
    [...itemsOf(test.given), ...itemsOf(test.expect?.value.steps)].flatMap(({ key: step, value }) =>
      value.value.flatMap(({ value: said }) =>
        typeof said === "string" || said.where === undefined ? [] : [{ step, where: said.where }],
      ),
    ),
  );
}
