import type { Fix, TextRange } from "../diagnostics/diagnostic.js";
import type { CompiledWorkflow } from "../project/compiled-project.js";
import type { ExpressionType } from "../expressions/type-scope.js";
import type { MatchCondition } from "../schema/match-operators.js";
import type { EnvironmentUse } from "./environment-uses.js";
import type { WrittenSchedule } from "./written-schedules.js";
import type { SignalParamUse, TriggerExpression } from "./signal-uses.js";
import type { Located } from "../schema/schema.js";
import type { WorkflowFields } from "../schema/workflow-schema.js";
import type { Json } from "../types/json.js";

/** A workflow file as the checks across files see it. */
export interface CheckedFile {
  readonly path: string;
  readonly workflow: CompiledWorkflow | null;
  /** What of the file can be read is not all of it: what others ask of it may stand where it cannot be read. */
  readonly isBroken: boolean;
  /** Nothing in it names a workflow, a signal or an environment: of the checks across files only those of its id and of policies are for it. */
  readonly isAlone: boolean;
  readonly schedules: readonly WrittenSchedule[];
  readonly fields: FieldsAcrossFiles;
  /** The signals that its steps emit, those of templates included. */
  readonly signals: readonly string[];
}

/** The keys that are checked with the other workflows. Only these are kept: all keys would keep the syntax of the file. */
export interface FieldsAcrossFiles {
  readonly workflow: WorkflowFields["workflow"];
  readonly triggers: WorkflowFields["triggers"];
  /** The workflows that steps run, nested ones included. */
  readonly calls: readonly Located<string>[];
  readonly emits: readonly EmittedSignal[];
  /** The signals that steps wait for. */
  readonly waits: readonly Located<string>[];
  /** The same with what must hold of their params. */
  readonly gates: readonly {
    readonly signal: Located<string>;
    readonly conditions: readonly MatchCondition[];
  }[];
  readonly matchedLists: readonly MatchedList[];
  /** The params of signals that expressions need. */
  readonly signalUses: readonly SignalParamUse[];
  readonly triggerExpressions: readonly TriggerExpression[];
  /** The environments that expressions ask for. */
  readonly environments: readonly EnvironmentUse[];
}

/** A signal that a step says to emit, as far as it is known before any run. */
export interface EmittedSignal {
  readonly signal: Located<string>;
  /** Of the params that are literals. */
  readonly literals: ReadonlyMap<string, Json>;
  /** Of all params. */
  readonly types: ReadonlyMap<string, ExpressionType>;
  /** Its step may be skipped. */
  readonly isConditional: boolean;
}

/** A param of a signal that must be a whole list, with no word that this is meant. */
export interface MatchedList {
  readonly signal: string;
  readonly param: string;
  readonly paramRange: TextRange;
  /** Writes that it must be one of the values; null where that is more than a few characters. */
  readonly fix: Fix | null;
}
