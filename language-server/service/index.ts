export type { Encoding } from "./file-store.js";
export { createLanguageService, type LanguageService } from "./language-service.js";
export { canonicalUri } from "./canonical-uri.js";
export { isOfLanguage } from "./workspace.js";
export { TOKEN_MODIFIERS, TOKEN_TYPES } from "./features/semantic-tokens.js";
export { FIX_ALL } from "./features/code-actions.js";
export type { ProjectFile } from "./workspace.js";
export { askedParams, definitionOf, describeFile, type FileDescription } from "./features/describe-file.js";
export { drawGraph, type DrawnGraph } from "./features/draw-graph.js";
export { planProject, type AskedPlan, type PlannedChange } from "./features/plan-project.js";
export { readChoices, readParam, type TypedWords } from "./features/read-words.js";
export { findTests, runTests, type FoundTests, type TestVerdict } from "./features/workflow-tests.js";
export {
  simulateRun,
  simulationForm,
  type AskedSimulation,
  type Simulated,
  type SimulationForm,
} from "./features/simulate-run.js";
