import type { Json } from "../types/json.js";
import type { ValueType } from "../types/value-type.js";
import type { EnvTemplate, ValueTemplate } from "./value-template.js";

/**
 * One version of a workflow: compiled, canonical, self-contained (templates expanded, SQL and script files inlined).
 * Its canonical JSON is what the fingerprint hashes, so nothing here depends on formatting, comments, key order or
 * anchors, and nothing here belongs to operation (see `WorkflowProperties`). All durations are milliseconds.
 */
export interface WorkflowDefinition {
  readonly id: string;
  readonly triggers: readonly Trigger[];
  /** In file order, which is the order in which a form shows them. */
  readonly params: readonly ParamDefinition[];
  /** What a step of another workflow that runs this one gets, evaluated over `params` and the top steps at a success. */
  readonly outputs: readonly OutputDefinition[];
  readonly maxParallelSteps: number | null;
  readonly timeoutMs: number | null;
  readonly failureMode: "fail_after_running" | "fail_immediately";
  /** In file order; `needs` says the order of execution. Ids are unique within their level. */
  readonly steps: readonly StepDefinition[];
}

/** What belongs to operation, not meaning: a change makes no new version and takes effect for queued runs at once. */
export interface WorkflowProperties {
  readonly description: string | null;
  readonly owner: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly priority: Priority;
  readonly runStrategy: RunStrategy;
  readonly expect: Expectation | null;
  readonly alerts: readonly Json[];
  /** Of steps that have any, by their dotted path (`load.copy`). */
  readonly steps: Readonly<Record<string, StepProperties>>;
}

/** By when a run should have ended. Missing it is told, and is no failure. */
export interface Expectation {
  /** A time of day, `08:00`, in `timezone`; null for any. */
  readonly completeBy: string | null;
  /** IANA: that of the first schedule of the workflow, or of the project. */
  readonly timezone: string;
  /** Since the run was created, its time in the queue included; null for any. */
  readonly withinMs: number | null;
}

/** What people see of a step, and its place among others. */
export interface StepProperties {
  readonly name: string | null;
  readonly description: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Null: the workflow's. */
  readonly priority: Priority | null;
}

export type Priority = "low" | "normal" | "high" | "critical";

export interface RunStrategy {
  readonly rule:
    | "sequential"
    | "strict_sequential"
    | "parallel"
    | "first_only"
    | "last_only"
    | "serial_latest_only";
  /** Runs at once; 1 for every rule but `parallel`. */
  readonly limit: number;
}

export interface ParamDefinition {
  readonly name: string;
  readonly type: ValueType;
  /** Absent: the param is required. Expressions may use `run` and the params before this one. */
  readonly default?: ValueTemplate;
  readonly options?: readonly Json[];
  readonly min?: number;
  readonly max?: number;
  readonly description?: string;
}

export interface OutputDefinition {
  readonly name: string;
  readonly type: ValueType;
  readonly value: ValueTemplate;
  readonly description?: string;
}

export type Trigger = ScheduleTrigger | SignalTrigger | JoinTrigger | WorkflowTrigger;

export interface ScheduleTrigger {
  readonly kind: "schedule";
  /** A cron of 5 or 6 fields, `@daily` and the like, or `every 15m`, as written, white space folded. */
  readonly schedule: string;
  /** IANA name. */
  readonly timezone: string;
  readonly missed: "none" | "latest" | "all";
  readonly gap: "auto" | "run_after" | "skip";
  readonly overlap: "auto" | "once" | "twice";
  readonly jitterMs: number;
  /** Epoch milliseconds; the first instant that counts, and the first that no longer does. */
  readonly startsAt: number | null;
  readonly endsAt: number | null;
  readonly params: Readonly<Record<string, ValueTemplate>>;
}

export interface SignalTrigger {
  readonly kind: "signal";
  readonly signal: string;
  readonly match: readonly SignalMatch[];
  /** CEL over `signal`. */
  readonly if: string | null;
  /** Gives a text over `signal`; runs of the workflow with the same text are one run. */
  readonly dedupe: ValueTemplate | null;
  readonly params: Readonly<Record<string, ValueTemplate>>;
}

/** Every one of several signals, joined; its expressions see `signals.<name>`. */
export interface JoinTrigger {
  readonly kind: "all";
  /** In file order; names are unique. */
  readonly signals: readonly JoinedSignal[];
  /** Params that every one of the signals has, and that must be equal across them. */
  readonly join: readonly string[];
  /** The most that may lie between the oldest and the newest of them; null for any time. */
  readonly withinMs: number | null;
  /** CEL over `signals`. */
  readonly if: string | null;
  /** Gives a text over `signals`; runs of the workflow with the same text are one run. */
  readonly dedupe: ValueTemplate | null;
  readonly params: Readonly<Record<string, ValueTemplate>>;
}

export interface JoinedSignal {
  readonly name: string;
  readonly signal: string;
  readonly match: readonly SignalMatch[];
}

export type MatchOperator = "eq" | "ne" | "gt" | "gte" | "lt" | "lte" | "in";

export interface SignalMatch {
  readonly param: string;
  readonly operator: MatchOperator;
  readonly value: Json;
}

export interface WorkflowTrigger {
  readonly kind: "workflow";
  readonly workflow: string;
  readonly on: "succeeded" | "failed" | "finished";
  readonly params: Readonly<Record<string, ValueTemplate>>;
}

export interface RetryPolicy {
  readonly errors: number;
  readonly platform: number;
  readonly timeouts: number;
  readonly delayMs: number;
  readonly backoff: "fixed" | "exponential";
  readonly maxDelayMs: number;
}

export type Require = "all_succeeded" | "any_succeeded" | "any_failed" | "all_finished";

/** An input of the template that a step uses, given by an expression: whether its value is right is known only when the step begins. */
export interface GivenInput {
  readonly input: Pick<ParamDefinition, "name" | "type" | "options" | "min" | "max">;
  readonly value: ValueTemplate;
}

export interface StepCommon {
  readonly id: string;
  readonly needs: readonly string[];
  readonly require: Require;
  /** CEL, without the braces. */
  readonly if: string | null;
  readonly retry: RetryPolicy;
  readonly timeoutMs: number | null;
  readonly outputs: Readonly<Record<string, ValueType>>;
  readonly emit: readonly EmitDefinition[];
  readonly ignoreFailure: boolean;
  /** Held to what the template asks of them before an attempt begins. */
  readonly givenInputs: readonly GivenInput[];
  /** Sorted. Held all together while an attempt runs, or waited for. Those of a loop are its inner steps' too, and only they hold them. */
  readonly permits: readonly string[];
  /** Signals to wait for before the step starts, all of them. */
  readonly waitFor: readonly GateDefinition[];
  readonly cache: CacheDefinition | null;
}

/** The outputs of an earlier success with the same key are reused. */
export interface CacheDefinition {
  readonly key: ValueTemplate;
  /** How long a success counts; null for ever. */
  readonly ttlMs: number | null;
}

/** A signal to wait for. */
export interface GateDefinition {
  readonly signal: string;
  readonly match: readonly GateMatch[];
  /** How far back a signal counts, from when the gate is reached; null: only what comes from then on. */
  readonly lookbackMs: number | null;
  /** How long to wait, then the step fails; null for ever. */
  readonly timeoutMs: number | null;
}

/** Like a `SignalMatch`, with expressions of the step. */
export interface GateMatch {
  readonly param: string;
  readonly operator: MatchOperator;
  readonly value: ValueTemplate;
}

export interface EmitDefinition {
  readonly signal: string;
  readonly params: Readonly<Record<string, ValueTemplate>>;
}

export type StepDefinition = LeafStep | LoopStep | WorkflowStep | ApprovalStep | SleepStep;

/** A step that one attempt on a worker executes. */
export type LeafStep = RunStep | SqlStep | HttpStep | NotebookStep | PluginStep | NoopStep;

/** A step with steps of its own. */
export type LoopStep = ForeachStep | WhileStep;

/** Where a step is executed, and with what; null: the worker's own. */
export interface StepResources {
  /** Processors, also parts of one. */
  readonly cpu: number | null;
  readonly memoryBytes: number | null;
  readonly gpu: number | null;
}

export interface RunStep extends StepCommon {
  readonly kind: "run";
  readonly script: string;
  readonly shell: "sh" | "bash";
  readonly env: Readonly<Record<string, EnvTemplate>>;
  /** Inside the repository's tree; null for its root. */
  readonly workingDirectory: string | null;
  /** A container's image; null for the worker itself. */
  readonly image: string | null;
  readonly resources: StepResources | null;
  /** The workers that may execute it; null for any. */
  readonly pool: string | null;
}

export interface SqlStep extends StepCommon {
  readonly kind: "sql";
  /** The connection's name: `duckdb`, or one of the project's. */
  readonly connection: string;
  /** What the name stands for; null for `duckdb`, and for a name that stands for nothing. */
  readonly server: DatabaseServer | null;
  /** The text of the query, from `query` or from `file`. */
  readonly query: string;
  /** Where the text came from, for messages; null when written inline. */
  readonly file: string | null;
  /** Bound as named parameters (`$name`), never spliced. */
  readonly params: Readonly<Record<string, ValueTemplate>>;
  readonly pool: string | null;
}

/** A PostgreSQL server, from the project's `connections`. */
export interface DatabaseServer {
  /** `postgres://user@host:port/database`; one with a password is a secret. */
  readonly url: EnvTemplate;
  /** In place of the one in the URL. */
  readonly password: EnvTemplate | null;
}

export interface HttpStep extends StepCommon {
  readonly kind: "http";
  readonly method: string;
  readonly url: ValueTemplate;
  readonly headers: Readonly<Record<string, EnvTemplate>>;
  readonly body: ValueTemplate | null;
  /** Accepted statuses; empty means any 2xx. */
  readonly expect: readonly number[];
  /** CEL over `response` (`status`, `headers`, `body`): asked again every `everyMs` until true. */
  readonly poll: { readonly until: string; readonly everyMs: number } | null;
  readonly pool: string | null;
}

export interface NotebookStep extends StepCommon {
  readonly kind: "notebook";
  /** From the repository's root. */
  readonly file: string;
  /** The SHA-256 of its bytes, 64 hex digits: a changed notebook is another version. Null when there is no such file. */
  readonly fileHash: string | null;
  readonly params: Readonly<Record<string, ValueTemplate>>;
  readonly image: string | null;
  readonly resources: StepResources | null;
  readonly pool: string | null;
}

/** A kind of step that the service has beside those of the language. */
export interface PluginStep extends StepCommon {
  readonly kind: "plugin";
  readonly plugin: string;
  /** Every input: what the step gives, else the input's default. */
  readonly with: Readonly<Record<string, EnvTemplate>>;
  /** The types of its inputs. */
  readonly inputs: Readonly<Record<string, ValueType>>;
  readonly pool: string | null;
}

export interface ForeachStep extends StepCommon {
  readonly kind: "foreach";
  /** In file order; several are the cartesian product, the last varying fastest. */
  readonly over: readonly { readonly variable: string; readonly items: ValueTemplate }[];
  readonly maxParallel: number | null;
  readonly onFailure: "continue" | "stop_new" | "stop_all";
  readonly steps: readonly StepDefinition[];
}

/** Iterations one after the other, while a condition holds. */
export interface WhileStep extends StepCommon {
  readonly kind: "while";
  /** CEL, asked before each iteration; sees `loop.<variable>` and what the step itself may use. */
  readonly while: string;
  /** In file order. */
  readonly vars: readonly LoopVariable[];
  /** A loop that would go on beyond fails. */
  readonly maxIterations: number;
  readonly steps: readonly StepDefinition[];
}

export interface LoopVariable {
  readonly name: string;
  /** Of the initial value, as far as it can be told; `json` otherwise. */
  readonly type: ValueType;
  /** Evaluated where the step itself stands, once. */
  readonly initial: ValueTemplate;
  /** Evaluated when an iteration has ended: sees `loop` and the steps of that iteration. Null: the value stays. */
  readonly next: ValueTemplate | null;
}

/** Another workflow of the project, at the same commit. `outputs` are those that it declares; `run_id` without `wait`. */
export interface WorkflowStep extends StepCommon {
  readonly kind: "workflow";
  readonly workflow: string;
  readonly with: Readonly<Record<string, ValueTemplate>>;
  /** False: the step succeeds as soon as the run is created. */
  readonly wait: boolean;
}

/**
 * Waits for a person. Its outputs are `approved_by` and `comment`, both strings. `timeoutMs` is how long it waits; the
 * project's default timeout does not count for people.
 */
export interface ApprovalStep extends StepCommon {
  readonly kind: "approval";
  /** One of them will do. */
  readonly approvers: readonly string[];
  readonly prompt: ValueTemplate | null;
  /** What becomes of it when nobody answers in time; `reject` fails as a rejection does. */
  readonly onTimeout: "fail" | "approve" | "reject";
}

export interface SleepStep extends StepCommon {
  readonly kind: "sleep";
  /** A duration in milliseconds, or an instant to wait for; where that is computed, it may give a duration as well. */
  readonly sleep: { readonly forMs: number } | { readonly until: ValueTemplate };
}

export interface NoopStep extends StepCommon {
  readonly kind: "noop";
}
