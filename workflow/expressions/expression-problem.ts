/** What is wrong with an expression; offsets are into its source. */
export interface ExpressionProblem {
  readonly code: ExpressionProblemCode;
  readonly message: string;
  readonly start: number;
  readonly end: number;
  /** The nearest name that is known, where the problem is one that is not. */
  readonly nearest?: string;
}

export type ExpressionProblemCode =
  | "expression-syntax"
  | "expression-too-complex"
  | "expression-unsupported"
  | "expression-unknown-name"
  | "expression-unknown-function"
  | "expression-type"
  | "expression-fails"
  | "format-without-code"
  | "unknown-value";
