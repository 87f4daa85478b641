import type { ExpressionProblem } from "./expression-problem.js";
import type { Reference } from "./names.js";
import type { StepGuards } from "./step-guards.js";
import type { ExpressionType } from "./type-scope.js";

/** What is known of an expression among the names of a scope. */
export interface CheckedExpression {
  /** `any` when the expression is wrong. */
  readonly type: ExpressionType;
  readonly problems: readonly ExpressionProblem[];
  /** Every use of a name of the scope, with the members that follow it: `steps.extract.outputs.rows`. */
  readonly references: readonly Reference[];
  /** Which outputs of steps and params of the signal it needs, and what it makes sure of. */
  readonly steps: StepGuards;
}
