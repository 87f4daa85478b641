export type { Diagnostic, RelatedPlace, Severity, TextRange } from "./diagnostics/diagnostic.js";
export type { Json, JsonObject } from "./types/json.js";
export type { ValueType } from "./types/value-type.js";
export type { EnvTemplate, ValueTemplate } from "./definition/value-template.js";
export type {
  EmitDefinition,
  ForeachStep,
  HttpStep,
  LeafStep,
  NoopStep,
  ParamDefinition,
  Priority,
  Require,
  RetryPolicy,
  RunStep,
  RunStrategy,
  ScheduleTrigger,
  SignalMatch,
  SignalTrigger,
  SleepStep,
  SqlStep,
  StepCommon,
  StepDefinition,
  Trigger,
  WorkflowDefinition,
  WorkflowProperties,
  WorkflowTrigger,
} from "./definition/definition.js";
export type { SourceTree } from "./project/source-tree.js";
export type { CompiledProject, CompiledWorkflow, ProjectSettings } from "./project/compiled-project.js";
export type { ExpectedStep, GivenOutcome, TestCase, WorkflowTestFile } from "./testing/test-case.js";
