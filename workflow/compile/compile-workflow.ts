import { itemsOf, valueOr } from "../schema/field-value.js";
import type {
  OutputDefinition,
  RunStrategy,
  StepProperties,
  WorkflowDefinition,
  WorkflowProperties,
} from "../definition/definition.js";
import type { MapItem } from "../schema/collections.js";
import type { StepFields } from "../schema/step-schema.js";
import type { WorkflowFields, WorkflowOutputFields } from "../schema/workflow-schema.js";
import { compileParamDefinitions } from "./compile-params.js";
import { compileSteps } from "./compile-steps.js";
import { compileTriggers } from "./compile-triggers.js";
import { compileValue, jsonOf, literal } from "./compile-value.js";
import type { StepSources, WorkflowInterface } from "./step-sources.js";

/** What a workflow means: the part that makes a version. Always a best effort; the checks say what is wrong. */
export function compileDefinition(fields: WorkflowFields, sources: StepSources): WorkflowDefinition {
  return {
    id: valueOr(fields.workflow, ""),
    triggers: compileTriggers(itemsOf(fields.triggers), sources.defaults.timezone),
    ...compileInterface(fields),
    maxParallelSteps: valueOr(fields.max_parallel_steps, null),
    timeoutMs: valueOr(fields.timeout, null),
    failureMode: valueOr(fields.failure_mode, "fail_after_running"),
    steps: compileSteps(itemsOf(fields.steps), sources),
  };
}

/** What a workflow takes and gives: all that a workflow which uses it as a step may know. */
export function compileInterface(fields: WorkflowFields): WorkflowInterface {
  return {
    params: compileParamDefinitions(itemsOf(fields.params)),
    outputs: itemsOf(fields.outputs).map(({ key, value }) => outputDefinition(key, value.value)),
  };
}

/** What belongs to operation. The owner is the project's where the workflow names none. */
export function compileProperties(
  fields: WorkflowFields,
  { defaults, readTemplate }: Pick<StepSources, "defaults" | "readTemplate">,
): WorkflowProperties {
  const expect = fields.expect?.value;
  return {
    description: valueOr(fields.description, null),
    owner: valueOr(fields.owner, defaults.owner),
    labels: Object.fromEntries(itemsOf(fields.labels).map(({ key, value }) => [key, value.value])),
    priority: valueOr(fields.priority, "normal"),
    runStrategy: compileRunStrategy(fields.run_strategy?.value),
    expect:
      expect === undefined
        ? null
        : {
            completeBy: valueOr(expect.complete_by, null),
            timezone: timezoneOf(fields, defaults.timezone),
            withinMs: valueOr(expect.within, null),
          },
    alerts: itemsOf(fields.alerts).map(({ node }) => jsonOf(node)),
    steps: Object.fromEntries(stepProperties(itemsOf(fields.steps), "", readTemplate)),
  };
}

/** Where people look at the clock: that of the first schedule, or of the project. */
function timezoneOf({ triggers }: WorkflowFields, fallback: string): string {
  const first = itemsOf(triggers).find(({ value }) => value.schedule !== undefined);
  return valueOr(first?.value.timezone, fallback);
}

function outputDefinition(
  name: string,
  { type, value, description }: WorkflowOutputFields,
): OutputDefinition {
  return {
    name,
    type: type?.value ?? { name: "json" },
    value: value === undefined ? literal(null) : compileValue(value.node),
    ...(description === undefined ? {} : { description: description.value }),
  };
}

function stepProperties(
  steps: readonly MapItem<StepFields>[],
  prefix: string,
  readTemplate: StepSources["readTemplate"],
): readonly (readonly [string, StepProperties])[] {
  return steps.flatMap(({ key, value: { value } }) => {
    const path = prefix + key;
    const template = value.use === undefined ? null : readTemplate(value.use.value);
    const fields = template?.fields.name === undefined ? value : { name: template.fields.name, ...value };
    const inner =
      value.steps === undefined ? [] : stepProperties(value.steps.value, `${path}.`, readTemplate);
    return hasProperties(fields) ? [[path, propertiesOf(fields)] as const, ...inner] : inner;
  });
}

function hasProperties({ name, description, labels, priority }: StepFields): boolean {
  return name !== undefined || description !== undefined || labels !== undefined || priority !== undefined;
}

function propertiesOf({ name, description, labels, priority }: StepFields): StepProperties {
  return {
    name: valueOr(name, null),
    description: valueOr(description, null),
    labels: Object.fromEntries(itemsOf(labels).map(({ key, value }) => [key, value.value])),
    priority: valueOr(priority, null),
  };
}

/** Runs at once for `parallel` without a limit. */
const PARALLEL_RUNS_DEFAULT = 10;

function compileRunStrategy(
  written: NonNullable<WorkflowFields["run_strategy"]>["value"] | undefined,
): RunStrategy {
  const rule = typeof written === "string" ? written : valueOr(written?.rule, "sequential");
  const limit = typeof written === "string" ? undefined : written?.limit?.value;
  return { rule, limit: rule === "parallel" ? (limit ?? PARALLEL_RUNS_DEFAULT) : 1 };
}
