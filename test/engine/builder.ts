import { createRun } from "@headwater/engine";
import type { RunInput, RunState } from "@headwater/engine";
import { createEvaluator } from "@headwater/workflow";
import type {
  ApprovalStep,
  ForeachStep,
  GivenOutcome,
  Json,
  NoopStep,
  RunStep,
  SleepStep,
  StepCommon,
  StepDefinition,
  ValueTemplate,
  WhileStep,
  WorkflowDefinition,
  WorkflowStep,
} from "@headwater/workflow";

/** When every run of these tests is created, and begins. */
export const T0 = Date.UTC(2026, 2, 2, 6);

export const evaluator = createEvaluator();

type Settings = Partial<Omit<StepCommon, "id">>;

/** A step on a worker. */
export function run(id: string, settings: Settings & Partial<RunStep> = {}): RunStep {
  return {
    ...common(id),
    kind: "run",
    script: "true",
    shell: "sh",
    env: {},
    workingDirectory: null,
    image: null,
    resources: null,
    pool: null,
    ...settings,
  };
}

export function noop(id: string, settings: Settings = {}): NoopStep {
  return { ...common(id), kind: "noop", ...settings };
}

export function sleep(id: string, duration: SleepStep["sleep"], settings: Settings = {}): SleepStep {
  return { ...common(id), kind: "sleep", sleep: duration, ...settings };
}

/** A foreach over one variable, `item`, unless `over` says otherwise. */
export function foreach(
  id: string,
  items: readonly Json[] | ValueTemplate,
  settings: Settings & Partial<ForeachStep>,
): ForeachStep {
  return {
    ...common(id),
    kind: "foreach",
    over: [{ variable: "item", items: isTemplate(items) ? items : literal(items) }],
    maxParallel: null,
    onFailure: "continue",
    steps: [],
    ...settings,
  };
}

/** A while over variables of type int, `i` from 0 up, unless `settings` say otherwise. */
export function whileLoop(id: string, condition: string, settings: Settings & Partial<WhileStep>): WhileStep {
  return {
    ...common(id),
    kind: "while",
    while: condition,
    vars: [{ name: "i", type: { name: "int" }, initial: literal(0), next: expression("loop.i + 1") }],
    maxIterations: 1000,
    steps: [],
    ...settings,
  };
}

/** A step that runs another workflow. */
export function child(id: string, settings: Settings & Partial<WorkflowStep> = {}): WorkflowStep {
  return { ...common(id), kind: "workflow", workflow: "report", with: {}, wait: true, ...settings };
}

export function approval(id: string, settings: Settings & Partial<ApprovalStep> = {}): ApprovalStep {
  return {
    ...common(id),
    kind: "approval",
    approvers: ["ann", "bob"],
    prompt: null,
    onTimeout: "fail",
    outputs: { approved_by: { name: "string" }, comment: { name: "string" } },
    ...settings,
  };
}

export function literal(value: Json): ValueTemplate {
  return { kind: "literal", value };
}

export function expression(source: string): ValueTemplate {
  return { kind: "expression", source };
}

export function workflow(
  steps: readonly StepDefinition[],
  settings: Partial<WorkflowDefinition> = {},
): WorkflowDefinition {
  return {
    id: "test",
    triggers: [],
    params: [],
    outputs: [],
    maxParallelSteps: null,
    timeoutMs: null,
    failureMode: "fail_after_running",
    steps,
    ...settings,
  };
}

/** What a test gives for an attempt: it succeeds at once, unless `given` says otherwise. */
export function outcome(given: Partial<GivenOutcome>): GivenOutcome {
  return {
    where: null,
    fails: null,
    outputs: {},
    afterMs: 0,
    isFinal: false,
    cached: false,
    signals: [],
    answer: null,
    ...given,
  };
}

/** A run of the workflow in its queue. */
export function newRun(definition: WorkflowDefinition, input: Partial<RunInput> = {}): RunState {
  return createRun({
    definition,
    params: {},
    run: {
      id: "run-1",
      number: 1,
      scheduledAt: T0,
      createdAt: T0,
      trigger: "manual",
      commit: "c0ffee",
      environment: "production",
      url: "http://localhost/runs/1",
    },
    workflow: { id: definition.id, version: 3, owner: "growth-data" },
    signal: null,
    evaluator,
    ...input,
  });
}

/** What was needed for nothing to wait 30 seconds by default: tests say when they retry. */
function common(id: string): StepCommon {
  return {
    id,
    needs: [],
    require: "all_succeeded",
    if: null,
    retry: {
      errors: 0,
      platform: 10,
      timeouts: 0,
      delayMs: 30_000,
      backoff: "exponential",
      maxDelayMs: 600_000,
    },
    timeoutMs: null,
    outputs: {},
    emit: [],
    ignoreFailure: false,
    givenInputs: [],
    permits: [],
    waitFor: [],
    cache: null,
  };
}

function isTemplate(items: readonly Json[] | ValueTemplate): items is ValueTemplate {
  return !Array.isArray(items);
}
