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
export { segmentsOf, type PathSegment } from "./path-segments.js";
export { keyShapeAt, offeredKeys, shapeOfFile, shapesAt, type OfferedKey } from "./shape-at.js";
export { symbolOfGiven, symbolOfOutput, symbolOfStep } from "./step-symbols.js";
