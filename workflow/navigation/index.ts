export { checkerAt, levelOnPath, stepOnPath } from "./checker-at.js";
export { cursorPlaceAt, type CursorPlace, type YamlPath } from "./cursor-place.js";
export { expressionPlaceAt, type ExpressionPlace, type OpenCall } from "./expression-place.js";
export {
  modelTree,
  readFileModel,
  readFileModelInSteps,
  type FileModel,
  type TemplateModel,
  type TestModel,
  type WorkflowModel,
} from "./file-model.js";
export { namedFiles, type NamedFile } from "./named-files.js";
export { isNamedHere, itemNameProblem, nameProblem } from "./name-form.js";
export { levelAt, stepAt, wholeOf } from "./level-at.js";
export { formatPartType, macroVariables, memberOf, typeOfPart, type PartType } from "./member-types.js";
export { scopeDoc } from "./scope-docs.js";
export { symbolKey, type Occurrence, type SymbolKey, type SymbolKind } from "./occurrence.js";
export { occurrencesOf } from "./occurrences-of.js";
export type { SeenExpression } from "../checks/used-names.js";
export { segmentsOf, type PathSegment } from "./path-segments.js";
export { keyShapeAt, offeredKeys, shapeOfFile, shapesAt, type OfferedKey } from "./shape-at.js";
export { symbolOfGiven, symbolOfOutput, symbolOfStep } from "./step-symbols.js";
export { readSettings } from "../project/read-settings.js";
export type { StepNode } from "../model/step-tree.js";
export type { SyntaxNode } from "../syntax/syntax-node.js";
export { itemsOf, valueOr } from "../schema/field-value.js";
export type { Located } from "../schema/schema.js";
export type { StepFields } from "../schema/step-schema.js";
export type { TemplateFields } from "../schema/template-schema.js";
export { writtenExpressionAt, type WrittenExpression } from "./written-expression.js";
export {
  DESCRIBED_FUNCTIONS,
  type FunctionDescription,
} from "../expressions/functions/standard-functions.js";
export { isUpstream, stepPath } from "../model/step-tree.js";
