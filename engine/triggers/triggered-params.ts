import { canonicalJson } from "@headwater/workflow";
import type {
  Evaluated,
  Evaluator,
  Json,
  Scope,
  ValueTemplate,
  WorkflowDefinition,
} from "@headwater/workflow";
import { missingParam } from "./missing-param.js";
import { resolveParams, type ParamsContext } from "../params.js";

/** A key in an index: long enough for names and dates, too short for documents. */
const DEDUPE_CHARACTERS_MAX = 1000;

/** What a trigger has decided: this workflow runs, because of that. */
export interface TriggeredParams {
  readonly definition: WorkflowDefinition;
  /** The trigger's own `params`, which may use what `scope` holds: `run`, `signal` and `signals`. */
  readonly params: Readonly<Record<string, ValueTemplate>>;
  readonly scope: Scope;
  /** Of the run that is to be. */
  readonly run: Omit<ParamsContext, "evaluator">;
}

/** The params of a run that a trigger starts, complete and checked; with a problem as far as they go. */
export interface UsableParams {
  readonly params: Readonly<Record<string, Json>>;
  readonly problem: string | null;
}

/** The trigger's params, completed with the defaults of the workflow's. */
export function triggeredParams(evaluator: Evaluator, triggered: TriggeredParams): UsableParams {
  const given = evaluateParams(evaluator, triggered);
  const unusable = `the params of the trigger of workflow "${triggered.definition.id}" are not usable`;
  if (!given.ok) return { params: {}, problem: `${unusable}: ${given.message}` };
  const resolved = resolveParams(triggered.definition, given.value, { ...triggered.run, evaluator });
  if (resolved.ok) return { params: resolved.params, problem: null };
  const words = resolved.problems.map(({ param, message }) => `"${param}" ${message}`).join("; ");
  return { params: given.value, problem: `${unusable}: ${words}` };
}

/** The text that makes runs of a workflow one: its triggers' `dedupe`, evaluated. */
export function dedupeText(evaluator: Evaluator, dedupe: ValueTemplate, scope: Scope): Evaluated<string> {
  const value = evaluator.resolveValue(dedupe, scope);
  if (!value.ok) {
    const why = missingParam(value.message, dedupe, scope);
    return { ok: false, message: `"dedupe" of the trigger cannot be evaluated: ${why}` };
  }
  const text = typeof value.value === "string" ? value.value : canonicalJson(value.value);
  if (text.length <= DEDUPE_CHARACTERS_MAX) return { ok: true, value: text };
  const message = `"dedupe" of the trigger gives ${text.length} characters, at most ${DEDUPE_CHARACTERS_MAX} are allowed`;
  return { ok: false, message };
}

function evaluateParams(
  evaluator: Evaluator,
  { params: templates, scope }: TriggeredParams,
): Evaluated<Readonly<Record<string, Json>>> {
  const params: Record<string, Json> = {};
  for (const [name, template] of Object.entries(templates)) {
    const value = evaluator.resolveValue(template, scope);
    if (!value.ok)
      return { ok: false, message: `"${name}": ${missingParam(value.message, template, scope)}` };
    params[name] = value.value;
  }
  return { ok: true, value: params };
}
