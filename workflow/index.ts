export { expectsOfRun, expectsSomething } from "./testing/test-case.js";
export type {
  Diagnostic,
  Fix,
  RelatedPlace,
  Severity,
  TextEdit,
  TextRange,
} from "./diagnostics/diagnostic.js";
export { isJsonList, type Json, type JsonObject } from "./types/json.js";
export type { ValueType } from "./types/value-type.js";
export { formatValueType, parseValueType, SCALAR_TYPES } from "./types/value-type.js";
export { checkValue, showValue } from "./types/check-value.js";
export {
  findInexactNumber,
  inexactNumberProblem,
  parseExactly,
  replaceInexactNumbers,
} from "./types/inexact-numbers.js";
export { durationInWords, formatDuration, parseDuration } from "./types/duration.js";
export { formatTimestamp, isDate, parseTimestamp } from "./types/instant.js";
export type { TimeZones } from "./types/time-zones.js";
export { createTimeZones, noTimeZone } from "./types/time-zones.js";
export { plainText } from "./types/plain-text.js";
export type { TypedText } from "./types/typed-text.js";
export { parseTypedText } from "./types/typed-text.js";
export type { CelDuration, CelValue, Scope } from "./expressions/cel-value.js";
export { celText, FAILED, fromCelValue, SUCCEEDED, toCelValue } from "./expressions/cel-value.js";
export { celValueOfPlain, plainCelValue } from "./expressions/plain-cel-value.js";
export type { CheckedExpression } from "./expressions/checked-expression.js";
export type { ExpressionChecker } from "./expressions/check-expression.js";
export { checkExpression, createExpressionChecker } from "./expressions/check-expression.js";
export type { Evaluated, Evaluator } from "./expressions/evaluate.js";
export { createEvaluator } from "./expressions/evaluate.js";
export type { ExpressionProblem, ExpressionProblemCode } from "./expressions/expression-problem.js";
export type { FunctionDefinition } from "./expressions/functions/function-definition.js";
export { EXPRESSION_FUNCTIONS } from "./expressions/functions/expression-functions.js";
export { LACKS_MEMBER } from "./expressions/library-words.js";
export type { Reference } from "./expressions/names.js";
export { ITERATIONS_MAX, JOBS_MAX } from "./model/loop-limits.js";
export { RUN_TRIGGERS } from "./model/run-triggers.js";
export { ENDED_STEP_STATUSES, STEP_STATUSES } from "./model/step-statuses.js";
export { counted } from "./diagnostics/counted.js";
export { firstNames } from "./diagnostics/first-names.js";
export { nearestName } from "./diagnostics/nearest-name.js";
export { unknownEnvironment } from "./diagnostics/unknown-environment.js";
export type { SplitTemplate, TemplatePart, TemplateProblem } from "./expressions/split-template.js";
export { splitTemplate } from "./expressions/split-template.js";
export type { ExpressionType, ScopeType, TypeScope } from "./expressions/type-scope.js";
export type { ClockChange } from "./schedule/clock-changes.js";
export { canonicalSchedule } from "./schedule/canonical-schedule.js";
export { dueAt } from "./schedule/due-at.js";
export { lastFire } from "./schedule/last-fire.js";
export { clockText, localText, wallText, weekday } from "./schedule/local-time.js";
export { jitterFor } from "./schedule/jitter.js";
export type { ParsedSchedule, Schedule, ScheduleReader, ScheduleTiming } from "./schedule/schedule.js";
export { createScheduleReader, nextFire, parseSchedule } from "./schedule/schedule.js";
export { scheduleInWords } from "./schedule/schedule-words.js";
export { upcomingFires, type UpcomingFire } from "./schedule/upcoming-fires.js";
export type { EnvTemplate, ValueTemplate } from "./definition/value-template.js";
export type {
  ApprovalStep,
  CacheDefinition,
  DatabaseServer,
  EmitDefinition,
  ForeachStep,
  GateDefinition,
  GateMatch,
  HttpStep,
  JoinedSignal,
  JoinTrigger,
  LeafStep,
  LoopStep,
  LoopVariable,
  MatchOperator,
  NoopStep,
  NotebookStep,
  OutputDefinition,
  ParamDefinition,
  PluginStep,
  Priority,
  Require,
  Expectation,
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
  StepProperties,
  StepResources,
  Trigger,
  WhileStep,
  WorkflowDefinition,
  WorkflowProperties,
  WorkflowStep,
  WorkflowTrigger,
} from "./definition/definition.js";
export { completeDefinition, completeProperties, completeTrigger } from "./definition/complete-definition.js";
export { canMeet, mentionsOf, type Mention } from "./definition/mentions.js";
export { matchesSignal } from "./definition/signal-match.js";
export { matchesGlob } from "./project/glob.js";
export type { SourceTree } from "./project/source-tree.js";
export type { Webhook, WebhookProof } from "./project/webhooks.js";
export type { CompiledProject, CompiledWorkflow, ProjectSettings } from "./project/compiled-project.js";
export type {
  ExpectedStep,
  GivenAnswer,
  GivenOutcome,
  GivenSignal,
  TestCase,
  WorkflowTestFile,
  WrittenTest,
} from "./testing/test-case.js";
export { isInTheWay } from "./testing/is-in-the-way.js";
export { DEFAULT_POOL } from "./compile/leaf-step.js";
export { EMBEDDED_DATABASE } from "./checks/check-connection.js";
export { POLL_EVERY_MS_MIN } from "./checks/check-request.js";
export { headerNameProblem, headerValueProblem } from "./types/http-header.js";
export { compileOneWorkflow } from "./project/compile-one-workflow.js";
export { checkDeployable } from "./checks/check-deployable.js";
export { checkLeftOut } from "./checks/check-left-out.js";
export { nestedFolders, ownPaths } from "./project/nested-projects.js";
export { once } from "./expressions/expression-library.js";
export { lastOf } from "./project/last-of.js";
export { compileProject, compileProjectInSteps, type CompileOptions } from "./project/compile-project.js";
export { findWorkflow } from "./project/find-workflow.js";
export {
  createCompileCache,
  createCompileTools,
  type CompileCache,
  type CompileCacheOptions,
  type CompileTools,
  type Made,
  type Result,
} from "./project/compile-cache.js";
export { portableOf, restoreResult, type PortableResult } from "./project/portable-results.js";
export { filesBehind } from "./project/files-behind.js";
export { fileKind, SETTINGS_PATH, type FileKind } from "./project/file-kind.js";
export { resolvePath } from "./project/repository-path.js";
export { CODES, type CodeEntry, type DiagnosticCode } from "./diagnostics/codes.js";
export { lineIndex, type LineIndex, type Position } from "./diagnostics/line-index.js";
export { renderDiagnostic } from "./diagnostics/render-diagnostic.js";
export { visibleLine, visibleText } from "./diagnostics/visible-text.js";
export { canonicalJson } from "./compile/canonical-json.js";
export { formatYaml, type Formatted } from "./format/format-yaml.js";
export { canonicalHash, fingerprintOf, meansTheSame } from "./compile/fingerprint.js";
export { renderDot } from "./graph/dot.js";
export { renderMermaid } from "./graph/mermaid.js";
export { renderSvg } from "./graph/svg.js";
export {
  graphOf,
  type GraphEdge,
  type GraphLevel,
  type GraphNode,
  type WorkflowGraph,
} from "./graph/workflow-graph.js";
export { FUNCTION_NAMES } from "./expressions/functions/function-names.js";
export { parseWorkflowTests, type ParsedTestFile } from "./testing/parse-workflow-tests.js";
export { jsonSchemaOf } from "./schema/json-schema.js";
export { MATCH_OPERATORS } from "./schema/match-operators.js";
export type { KeyShape, RecordRules, Shape } from "./schema/schema.js";
export { settingsSchema } from "./schema/settings-schema.js";
export { templateSchema } from "./schema/template-schema.js";
export { testFileSchema } from "./schema/test-schema.js";
export { workflowSchema } from "./schema/workflow-schema.js";
export { affectedRuns, type AffectedRuns, type RunInFlight } from "./plan/affected-runs.js";
export type { PlanContext } from "./plan/describe-plan.js";
export type { Downstream } from "./plan/downstream.js";
export { writtenForm } from "./plan/written-form.js";
export { planChange, type PlanOptions } from "./plan/plan-change.js";
export type { Edit, EditedPart, Plan, PlanFindings, PlanSummary, WorkflowChange } from "./plan/plan.js";
export {
  proposedRemoval,
  removalLimitText,
  removesTooMuch,
  stricterShare,
  type ProposedRemoval,
  type Removal,
} from "./plan/removal-limit.js";
export type { ReachChange, ReachKind } from "./plan/reach.js";
export type { SettingChange } from "./plan/settings-change.js";
export { renderPlanMarkdown, type MarkdownOptions } from "./plan/render-markdown.js";
export { renderPlanText } from "./plan/render-text.js";
export { unlikePairs, type WorkflowPair } from "./plan/workflow-pairs.js";
export type { PlannedSchedule, ScheduleChange, ScheduleSwitch } from "./plan/schedule-change.js";
export type { HourlyLoad, ScheduleLoad } from "./plan/schedule-load.js";
export type { WorkflowLink } from "./plan/workflow-graph.js";
