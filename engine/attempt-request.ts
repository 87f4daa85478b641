import { checkValue, EMBEDDED_DATABASE, plainText } from "@headwater/workflow";
import type {
  EnvTemplate,
  Evaluated,
  Evaluator,
  Json,
  LeafStep,
  Scope,
  StepResources,
  ValueTemplate,
  ValueType,
} from "@headwater/workflow";
import type { StepPath } from "./event.js";
import { checkParam } from "./params.js";
import { stepOf } from "./run-state.js";
import type { RunState } from "./run-state.js";
import { scopeOf } from "./scope.js";
import { isLeaf } from "./step-kinds.js";
import { locate } from "./step-path.js";

/** Everything a worker needs to execute one attempt, expressions evaluated; secrets are names, read at the last moment. */
export type AttemptRequest = {
  readonly timeoutMs: number | null;
  /** The workers that may execute it; null for any. */
  readonly pool: string | null;
  readonly outputs: Readonly<Record<string, ValueType>>;
} & (
  | ({
      readonly kind: "run";
      readonly script: string;
      readonly shell: "sh" | "bash";
      readonly env: Readonly<Record<string, TextOrSecret>>;
      readonly workingDirectory: string | null;
    } & Placement)
  | {
      readonly kind: "sql";
      /** Null: the embedded database. */
      readonly server: { readonly url: TextOrSecret; readonly password: TextOrSecret | null } | null;
      readonly query: string;
      readonly params: Readonly<Record<string, Json>>;
    }
  | {
      readonly kind: "http";
      readonly method: string;
      readonly url: string;
      readonly headers: Readonly<Record<string, TextOrSecret>>;
      readonly body: Json;
      readonly expect: readonly number[];
      readonly poll: { readonly until: string; readonly everyMs: number } | null;
    }
  | ({
      readonly kind: "notebook";
      /** From the repository's root. */
      readonly file: string;
      readonly params: Readonly<Record<string, Json>>;
    } & Placement)
  | {
      readonly kind: "plugin";
      readonly plugin: string;
      readonly inputs: Readonly<Record<string, Json>>;
      /** Of inputs that are secrets, their names: no value of a run could be taken for one. */
      readonly secrets: Readonly<Record<string, string>>;
    }
  | { readonly kind: "noop" }
);

/** With what the attempt wants to be executed; null: the worker's own. */
export interface Placement {
  /** A container's image. */
  readonly image: string | null;
  readonly resources: StepResources | null;
}

export type TextOrSecret = string | { readonly secret: string };

/** A request, or why its expressions cannot be evaluated: the shell reports that as an error which no retry helps. */
export type RequestResult =
  | { readonly ok: true; readonly request: AttemptRequest }
  | { readonly ok: false; readonly message: string };

interface Context {
  readonly evaluator: Evaluator;
  readonly scope: Scope;
}

/** Evaluates all expressions of a leaf step, when its attempt is about to begin. */
export function attemptRequest(state: RunState, path: StepPath): RequestResult {
  const cell = locate(state, path);
  if (cell === null) return { ok: false, message: `Cannot prepare "${path}": it is not under way` };
  const { definition } = stepOf(cell);
  if (!isLeaf(definition)) {
    return { ok: false, message: `Cannot prepare "${path}": a ${definition.kind} has no attempts` };
  }
  // A noop evaluates nothing: it needs no scope.
  const scope = definition.kind === "noop" ? {} : scopeOf(state, cell);
  const context = { evaluator: state.evaluator, scope };
  const refused = refusedInput(definition, context);
  if (refused !== null) return { ok: false, message: `Cannot prepare "${path}": ${refused}` };
  const work = evaluateWork(definition, context);
  if (!work.ok) return { ok: false, message: `Cannot prepare "${path}": ${work.message}` };
  const { timeoutMs, outputs } = definition;
  const pool = definition.kind === "noop" ? null : definition.pool;
  return { ok: true, request: { timeoutMs, outputs, pool, ...work.value } };
}

/** What the template that a step uses does not take of what the step gives it; null when nothing. */
function refusedInput({ givenInputs }: LeafStep, context: Context): string | null {
  for (const { input, value } of givenInputs) {
    const given = valueOf(value, context);
    const problem = given.ok ? checkParam(input, given.value) : given.message;
    if (problem !== null) return `input "${input.name}" of its template ${problem}`;
  }
  return null;
}

type Work<Request = AttemptRequest> = Request extends unknown
  ? Omit<Request, "timeoutMs" | "outputs" | "pool">
  : never;

function evaluateWork(step: LeafStep, context: Context): Evaluated<Work> {
  switch (step.kind) {
    case "noop":
      return { ok: true, value: { kind: "noop" } };
    case "run": {
      const { kind, script, shell, workingDirectory, image, resources } = step;
      const env = evaluateEach("env", step.env, (template) => textOrSecret(template, context));
      if (!env.ok) return env;
      return { ok: true, value: { kind, script, shell, workingDirectory, image, resources, env: env.value } };
    }
    case "sql":
      return evaluateSql(step, context);
    case "http":
      return evaluateHttp(step, context);
    case "plugin":
      return evaluatePlugin(step, context);
    case "notebook": {
      const { kind, file, image, resources } = step;
      const params = evaluateEach("params", step.params, (template) => valueOf(template, context));
      return params.ok ? { ok: true, value: { kind, file, image, resources, params: params.value } } : params;
    }
  }
}

function evaluateSql(step: LeafStep & { readonly kind: "sql" }, context: Context): Evaluated<Work> {
  const { kind, connection, query } = step;
  if (step.server === null && connection !== EMBEDDED_DATABASE) {
    return { ok: false, message: `the project has no connection "${connection}"` };
  }
  const params = evaluateEach("params", step.params, (template) => valueOf(template, context));
  if (!params.ok || step.server === null) {
    return params.ok ? { ok: true, value: { kind, query, server: null, params: params.value } } : params;
  }
  const url = textOrSecret(step.server.url, context);
  if (!url.ok) return url;
  const password =
    step.server.password === null
      ? { ok: true as const, value: null }
      : textOrSecret(step.server.password, context);
  if (!password.ok) return password;
  const server = { url: url.value, password: password.value };
  return { ok: true, value: { kind, query, server, params: params.value } };
}

function evaluatePlugin(step: LeafStep & { readonly kind: "plugin" }, context: Context): Evaluated<Work> {
  const inputs: Record<string, Json> = {};
  const secrets: Record<string, string> = {};
  for (const [name, template] of Object.entries(step.with)) {
    if (template.kind === "secret") {
      secrets[name] = template.name;
      continue;
    }
    const value = valueOf(template, context);
    if (!value.ok) return { ok: false, message: `with.${name}: ${value.message}` };
    const type = step.inputs[name];
    const problem = type === undefined ? null : checkValue(value.value, type);
    if (problem !== null) return { ok: false, message: `with.${name} ${problem}` };
    inputs[name] = value.value;
  }
  return { ok: true, value: { kind: step.kind, plugin: step.plugin, inputs, secrets } };
}

function evaluateHttp(step: LeafStep & { readonly kind: "http" }, context: Context): Evaluated<Work> {
  const { kind, method, expect, poll } = step;
  const url = valueOf(step.url, context);
  if (!url.ok) return { ok: false, message: `url: ${url.message}` };
  const headers = evaluateEach("headers", step.headers, (template) => textOrSecret(template, context));
  if (!headers.ok) return headers;
  const body = step.body === null ? { ok: true as const, value: null } : valueOf(step.body, context);
  if (!body.ok) return { ok: false, message: `body: ${body.message}` };
  return {
    ok: true,
    value: {
      kind,
      method,
      expect,
      poll,
      url: plainText(url.value),
      headers: headers.value,
      body: body.value,
    },
  };
}

function valueOf(template: ValueTemplate, { evaluator, scope }: Context): Evaluated<Json> {
  return evaluator.resolveValue(template, scope);
}

function textOrSecret(template: EnvTemplate, context: Context): Evaluated<TextOrSecret> {
  if (template.kind === "secret") return { ok: true, value: { secret: template.name } };
  const value = valueOf(template, context);
  return value.ok ? { ok: true, value: plainText(value.value) } : value;
}

function evaluateEach<Template, Value>(
  place: string,
  templates: Readonly<Record<string, Template>>,
  evaluateOne: (template: Template) => Evaluated<Value>,
): Evaluated<Readonly<Record<string, Value>>> {
  const values: Record<string, Value> = {};
  for (const [name, template] of Object.entries(templates)) {
    const value = evaluateOne(template);
    if (!value.ok) return { ok: false, message: `${place}.${name}: ${value.message}` };
    values[name] = value.value;
  }
  return { ok: true, value: values };
}
