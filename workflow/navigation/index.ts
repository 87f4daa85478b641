export { checkerAt, stepOnPath } from "./checker-at.js";
export { cursorPlaceAt, type CursorPlace, type YamlPath } from "./cursor-place.js";
export {
  readFileModel,
  type FileModel,
  type TemplateModel,
  type TestModel,
  type WorkflowModel,
} from "./file-model.js";
export { isNamedHere, nameProblem } from "./name-form.js";
export { levelAt, stepAt, wholeOf } from "./level-at.js";
export { symbolKey, type Occurrence, type SymbolKey, type SymbolKind } from "./occurrence.js";
export { occurrencesOf } from "./occurrences-of.js";
export type { SeenExpression } from "../checks/used-names.js";
export { segmentsOf, type PathSegment } from "./path-segments.js";
export { keyShapeAt, offeredKeys, shapeOfFile, shapesAt, type OfferedKey } from "./shape-at.js";
export { symbolOfGiven, symbolOfOutput, symbolOfStep } from "./step-symbols.js";
export type { SyntaxNode } from "../syntax/syntax-node.js";
export type { Located } from "../schema/schema.js";
export type { StepFields } from "../schema/step-schema.js";
export type { TemplateFields } from "../schema/template-schema.js";
