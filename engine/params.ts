import { checkValue, nearestName, showValue } from "@headwater/workflow";
import type {
  Evaluated,
  Evaluator,
  Json,
  ParamDefinition,
  ValueTemplate,
  ValueType,
  WorkflowDefinition,
} from "@headwater/workflow";
import { createLazyEvaluator } from "./lazy-evaluator.js";
import type { RunFacts } from "./run-input.js";
import { paramsScope } from "./scope.js";

/** The largest params of a run, as JSON in UTF-8. */
export const PARAMS_BYTES_MAX = 262_144;

const LIST_HINT_LENGTH_MAX = 60;

/** What is known of a run before it exists: what the defaults of its params may read. */
export interface ParamsContext extends Omit<RunFacts, "number" | "url"> {
  /** Shared when given; see `RunInput`. */
  readonly evaluator?: Evaluator;
}

/** What is wrong with one param. The message goes on where its quoted name ends: `must be int, is "abc"`. */
export interface ParamProblem {
  readonly param: string;
  readonly message: string;
}

export type ResolvedParams =
  | { readonly ok: true; readonly params: Readonly<Record<string, Json>> }
  | { readonly ok: false; readonly problems: readonly ParamProblem[] };

/** Completes the params of a run with their defaults, and checks them; all problems at once. */
export function resolveParams(
  definition: WorkflowDefinition,
  given: Readonly<Record<string, Json>>,
  context: ParamsContext,
): ResolvedParams {
  const problems: ParamProblem[] = unknownParams(definition, given);
  const params: Record<string, Json> = {};
  const evaluator = context.evaluator ?? createLazyEvaluator();
  for (const param of definition.params) {
    const value = valueOf(param, given, (template) =>
      evaluator.resolveValue(template, {
        params: paramsScope(definition.params, params),
        run: runScope(context),
      }),
    );
    const problem = value.ok ? problemOf(param, value.value) : value.message;
    if (problem !== null && !isConsequence(param, value.ok, problems)) {
      problems.push({ param: param.name, message: problem });
    }
    if (value.ok) params[param.name] = value.value;
  }
  const size = utf8Size(JSON.stringify(params));
  if (size > PARAMS_BYTES_MAX) problems.push(tooLarge(params, size));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, params };
}

function unknownParams(
  definition: WorkflowDefinition,
  given: Readonly<Record<string, Json>>,
): ParamProblem[] {
  const names = definition.params.map(({ name }) => name);
  const known = new Set(names);
  return Object.keys(given)
    .filter((name) => !known.has(name))
    .map((name) => {
      const nearest = nearestName(name, names);
      const hint = nearest === null ? "" : `; did you mean "${nearest}"?`;
      return { param: name, message: `is not a param of workflow "${definition.id}"${hint}` };
    });
}

function valueOf(
  param: ParamDefinition,
  given: Readonly<Record<string, Json>>,
  evaluate: (template: ValueTemplate) => Evaluated<Json>,
): Evaluated<Json> {
  const value = Object.hasOwn(given, param.name) ? given[param.name] : undefined;
  if (value !== undefined) return { ok: true, value };
  if (param.default === undefined) return { ok: false, message: "is required and has no default" };
  const computed = evaluate(param.default);
  return computed.ok
    ? computed
    : { ok: false, message: `has a default that cannot be evaluated: ${computed.message}` };
}

/** A default may only have failed because an earlier param is wrong: that one is the problem to tell. */
function isConsequence(
  param: ParamDefinition,
  hasValue: boolean,
  problems: readonly ParamProblem[],
): boolean {
  return !hasValue && param.default !== undefined && problems.length > 0;
}

function problemOf(param: ParamDefinition, value: Json): string | null {
  const problem = checkParam(param, value);
  return problem === null ? null : problem + listHint(value, param.type);
}

/** Who wrote `de,fr` for a list is shown how a list is written: in quotes, for a shell takes those within away. */
function listHint(value: Json, type: ValueType): string {
  if (type.name !== "list" || typeof value !== "string" || value.length > LIST_HINT_LENGTH_MAX) return "";
  const words = value.replaceAll(/[[\]"']/g, "").split(",");
  const list = words.map((word) => itemOf(word.trim(), type.of));
  return checkValue(list, type) === null ? `: write it as JSON, '${JSON.stringify(list)}'` : "";
}

function itemOf(word: string, { name }: ValueType): Json {
  if (name === "int" || name === "double") return word === "" ? word : Number(word);
  return name === "bool" ? word === "true" : word;
}

/** What is wrong with the value of a param, or of an input of a template, as `ParamProblem` says it; null when it is right. */
export function checkParam(
  param: Pick<ParamDefinition, "type" | "options" | "min" | "max">,
  value: Json,
): string | null {
  const problem = checkValue(value, param.type);
  if (problem !== null) return problem;
  if (param.options !== undefined && !param.options.some((option) => isEqual(option, value))) {
    return `must be one of ${param.options.map(showValue).join(", ")}, is ${showValue(value)}`;
  }
  if (typeof value !== "number") return null;
  if (param.min !== undefined && value < param.min) return `must be at least ${param.min}, is ${value}`;
  if (param.max !== undefined && value > param.max) return `must be at most ${param.max}, is ${value}`;
  return null;
}

function isEqual(one: Json, other: Json): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

function runScope({ id, scheduledAt, createdAt, trigger, commit, environment }: ParamsContext): {
  readonly [name: string]: string | bigint | Date;
} {
  return {
    id,
    scheduled_at: new Date(scheduledAt),
    created_at: new Date(createdAt),
    trigger,
    attempt: 1n,
    commit,
    environment,
  };
}

/** Blames the largest param. */
function tooLarge(params: Readonly<Record<string, Json>>, size: number): ParamProblem {
  let largest = { param: "", size: -1 };
  for (const [param, value] of Object.entries(params)) {
    const own = utf8Size(JSON.stringify(value));
    if (own > largest.size) largest = { param, size: own };
  }
  return {
    param: largest.param,
    message: `is ${largest.size} bytes of the ${size} that the params take; their limit is ${PARAMS_BYTES_MAX}`,
  };
}

function utf8Size(text: string): number {
  let size = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    size += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return size;
}
