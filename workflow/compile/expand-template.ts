import { itemsOf } from "../schema/field-value.js";
import type { GivenInput, ParamDefinition, StepCommon, StepDefinition } from "../definition/definition.js";
import type { EnvTemplate, ValueTemplate } from "../definition/value-template.js";
import type { StepFields } from "../schema/step-schema.js";
import { compileValue, literal } from "./compile-value.js";
import { leafStep } from "./leaf-step.js";
import { stepCommon } from "./step-common.js";
import type { StepSources } from "./step-sources.js";
import { substituteInputs, substituteValue, type Inputs } from "./substitute-inputs.js";
import type { ValueType } from "../types/value-type.js";
import type { Template } from "./template.js";

export interface TemplateUse {
  readonly id: string;
  /** The step that says `use`. */
  readonly fields: StepFields;
  readonly template: Template;
  readonly sources: StepSources;
}

/**
 * The step that a use of a template stands for: the template's body with its inputs put in, and the step's own keys,
 * which win over the template's. Outputs and emitted signals of both add up.
 */
export function expandTemplate({ id, fields, template, sources }: TemplateUse): StepDefinition {
  const inputs = inputsOf(fields, template);
  // A template's fields are a step's, but for those that only the using step can have.
  const body: StepFields = template.fields;
  const { retry, timeout, ...rest } = fields;
  const merged = { ...pick(body, "retry", "timeout"), ...definedOnly({ retry, timeout }) };
  const own = stepCommon(id, { ...rest, ...merged }, sources.defaults);
  const inner = stepCommon(id, body, sources.defaults);
  const common: StepCommon = {
    ...own,
    outputs: { ...inner.outputs, ...own.outputs },
    emit: [
      ...inner.emit.map(({ signal, params }) => ({ signal, params: substituteAll(params, inputs) })),
      ...own.emit,
    ],
    ignoreFailure: own.ignoreFailure || inner.ignoreFailure,
    givenInputs: givenInputs(fields, inputs, template),
  };
  return substituteStep(leafStep(common, body, { ...sources, file: template.path }), inputs);
}

function inputsOf(fields: StepFields, template: Template): Inputs {
  const given = new Map(itemsOf(fields.with).map(({ key, value }) => [key, compileValue(value.node)]));
  const { checker } = template;
  const values = new Map<string, ValueTemplate>();
  for (const { name, type, default: byDefault = literal(null) } of template.inputs) {
    // A default may use the inputs above it.
    const value = given.get(name) ?? substituteValue(byDefault, { values, checker });
    values.set(name, ofType(type, value));
  }
  return { values, checker };
}

/** Those that only a run can hold to what the template asks. */
function givenInputs(fields: StepFields, { values }: Inputs, { inputs }: Template): readonly GivenInput[] {
  const given = new Set(itemsOf(fields.with).map(({ key }) => key));
  return inputs.flatMap((input) => {
    const value = values.get(input.name);
    const isHeld = given.has(input.name) ? isHeldAsGiven(input, value) : isHeldByDefault(input);
    return isHeld && value !== undefined ? [{ input: ruleOf(input), value }] : [];
  });
}

function ruleOf({ name, type, options, min, max }: ParamDefinition): GivenInput["input"] {
  return {
    name,
    type,
    ...(options && { options }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  };
}

/** An expression was checked to be of the input's type; the template may ask for more than types of expressions say. */
function isHeldAsGiven(input: ParamDefinition, value: ValueTemplate | undefined): boolean {
  return value !== undefined && asksMore(input) && !isKnown(value);
}

/** What is computed of other inputs nobody has checked, also where it has become plain data. */
function isHeldByDefault(input: ParamDefinition): boolean {
  const isComputed = input.default !== undefined && input.default.kind !== "literal";
  return isComputed && (asksMore(input) || input.type.name !== "json");
}

function asksMore({ type, options, min, max }: ParamDefinition): boolean {
  return options !== undefined || min !== undefined || max !== undefined || type.name === "date";
}

/** What is written was checked when it was compiled; a secret is known to no engine. */
function isKnown(value: ValueTemplate): boolean {
  return value.kind === "literal" || /\bsecrets\b/.test(JSON.stringify(value));
}

/** A number is of the input's type, whatever its form: in an expression `1` for a double is `1.0`. */
function ofType(type: ValueType, value: ValueTemplate): ValueTemplate {
  return value.kind === "literal" && holdsDoubles(type) ? literal(value.value, type) : value;
}

function holdsDoubles(type: ValueType): boolean {
  return "of" in type ? holdsDoubles(type.of) : type.name === "double";
}

/** Puts the inputs into what belongs to the kind; what the using step wrote itself knows no inputs. */
function substituteStep(step: StepDefinition, inputs: Inputs): StepDefinition {
  switch (step.kind) {
    case "run":
      return { ...step, env: substituteEnvs(step.env, inputs) };
    case "sql":
    case "notebook":
      return { ...step, params: substituteAll(step.params, inputs) };
    case "plugin":
      return { ...step, with: substituteEnvs(step.with, inputs) };
    case "http": {
      const { poll } = step;
      return {
        ...step,
        url: substituteValue(step.url, inputs),
        headers: substituteEnvs(step.headers, inputs),
        body: step.body === null ? null : substituteValue(step.body, inputs),
        poll: poll === null ? null : { ...poll, until: substituteInputs(poll.until, inputs) },
      };
    }
    case "sleep":
      return "until" in step.sleep
        ? { ...step, sleep: { until: substituteValue(step.sleep.until, inputs) } }
        : step;
    default:
      return step;
  }
}

function substituteAll(
  values: Readonly<Record<string, ValueTemplate>>,
  inputs: Inputs,
): Record<string, ValueTemplate> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, substituteValue(value, inputs)]),
  );
}

function substituteEnvs(
  values: Readonly<Record<string, EnvTemplate>>,
  inputs: Inputs,
): Record<string, EnvTemplate> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value.kind === "secret" ? value : substituteValue(value, inputs),
    ]),
  );
}

function pick<T extends object, K extends keyof T>(from: T, ...keys: readonly K[]): Partial<Pick<T, K>> {
  return definedOnly(Object.fromEntries(keys.map((key) => [key, from[key]]))) as Partial<Pick<T, K>>;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function definedOnly<T extends object>(from: T): Defined<T> {
  // What is left has just the keys of `from`, without those that are undefined.
  return Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined)) as Defined<T>;
}
