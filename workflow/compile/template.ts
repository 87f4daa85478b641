import type { ParamDefinition } from "../definition/definition.js";
import type { ExpressionChecker } from "../expressions/check-expression.js";
import type { TemplateFields } from "../schema/template-schema.js";

/** A template file, read: what steps that use it need to know. Its own findings are reported with its own file. */
export interface Template {
  readonly path: string;
  readonly text: string;
  readonly inputs: readonly ParamDefinition[];
  readonly fields: TemplateFields;
  /** For the expressions of its body. */
  readonly checker: ExpressionChecker;
}
