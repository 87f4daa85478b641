import { resolveParams, signalScope, signalsScope } from "@headwater/engine";
import { canonicalJson, toCelValue } from "@headwater/workflow";
import type { Evaluator, Json, Scope, ValueTemplate, WorkflowDefinition } from "@headwater/workflow";
import type { RunTrigger } from "../store/run-trigger.js";
import type { NewRun, WorkflowKey, WorkflowRow } from "../store/store.js";

const NOT_USABLE = "the params of the trigger are not usable";

/** A key in an index: long enough for names and dates, too short for documents. */
const DEDUPE_CHARACTERS_MAX = 1000;

/** What a trigger has decided: this workflow runs, because of that. */
export interface TriggeredRun {
  readonly id: string;
  readonly workflow: WorkflowRow;
  readonly definition: WorkflowDefinition;
  readonly trigger: RunTrigger;
  readonly triggerKey: string;
  /** Gives the text that takes the place of `triggerKey`: runs of the workflow with the same text are one. */
  readonly dedupe?: ValueTemplate | null;
  /** Why the run must not begin, whatever its params are. */
  readonly problem?: string | null;
  /** The trigger's own `params`, which may use `run`, `signal` and `signals`. */
  readonly params: Readonly<Record<string, ValueTemplate>>;
  readonly scheduledAt: number;
  readonly now: number;
}

/**
 * The run to create. Params that cannot be computed make a run that failed and says why, as does a chain of triggers
 * without an end: a slot never passes in silence.
 */
export function newRun(evaluator: Evaluator, triggered: TriggeredRun): NewRun {
  const { id, workflow, trigger, scheduledAt, now } = triggered;
  const scope = scopeOf(triggered);
  const key = triggerKeyOf(evaluator, triggered, scope);
  const { params, problem } = paramsOf(evaluator, triggered, scope);
  const failedReason = triggered.problem ?? key.problem ?? problem;
  return {
    id,
    project: workflow.project,
    environment: workflow.environment,
    workflow: workflow.workflow,
    versionId: workflow.versionId,
    commit: workflow.commit,
    repositoryId: workflow.repositoryId,
    trigger,
    triggerKey: key.text,
    params,
    scheduledAt,
    createdAt: now,
    ...(failedReason === null ? {} : { failedReason }),
  };
}

/** Names a workflow of an environment of a project in trigger keys; none of the three can hold a slash or a colon. */
export function placeOf({ project, environment, workflow }: WorkflowKey): string {
  return `${project}/${environment}/${workflow}`;
}

function triggerKeyOf(
  evaluator: Evaluator,
  { dedupe, triggerKey, workflow }: TriggeredRun,
  scope: Scope,
): { readonly text: string; readonly problem: string | null } {
  // A definition of an older service has no such key.
  if (dedupe === null || dedupe === undefined) return { text: triggerKey, problem: null };
  const value = evaluator.resolveValue(dedupe, scope);
  if (!value.ok) {
    return { text: triggerKey, problem: `"dedupe" of the trigger cannot be evaluated: ${value.message}` };
  }
  const text = typeof value.value === "string" ? value.value : canonicalJson(value.value);
  if (text.length > DEDUPE_CHARACTERS_MAX) {
    const problem = `"dedupe" of the trigger gives ${text.length} characters, at most ${DEDUPE_CHARACTERS_MAX} are allowed`;
    return { text: triggerKey, problem };
  }
  return { text: `dedupe:${placeOf(workflow)}:${text}`, problem: null };
}

interface UsableParams {
  readonly params: Readonly<Record<string, Json>>;
  readonly problem: string | null;
}

function paramsOf(evaluator: Evaluator, triggered: TriggeredRun, scope: Scope): UsableParams {
  const given = evaluateParams(evaluator, triggered.params, scope);
  if (!given.ok) return { params: {}, problem: given.problem };
  const { id, workflow, definition, trigger, scheduledAt, now } = triggered;
  const resolved = resolveParams(definition, given.params, {
    id,
    scheduledAt,
    createdAt: now,
    trigger: trigger.kind,
    commit: workflow.commit,
    environment: workflow.environment,
    evaluator,
  });
  if (resolved.ok) return { params: resolved.params, problem: null };
  return { params: given.params, problem: inWords(resolved.problems) };
}

type GivenParams =
  | { readonly ok: true; readonly params: Readonly<Record<string, Json>> }
  | { readonly ok: false; readonly problem: string };

function evaluateParams(evaluator: Evaluator, templates: TriggeredRun["params"], scope: Scope): GivenParams {
  const params: Record<string, Json> = {};
  for (const [name, template] of Object.entries(templates)) {
    const value = evaluator.resolveValue(template, scope);
    if (!value.ok) return { ok: false, problem: `${NOT_USABLE}: "${name}": ${value.message}` };
    params[name] = value.value;
  }
  return { ok: true, params };
}

function scopeOf({ id, scheduledAt, trigger }: TriggeredRun): Scope {
  return {
    run: {
      id,
      scheduled_at: toCelValue(new Date(scheduledAt).toISOString(), { name: "timestamp" }),
      trigger: trigger.kind,
    },
    signal: signalScope(trigger.kind === "signal" ? trigger : { params: {} }),
    signals: signalsScope(trigger.kind === "all" ? trigger.signals : {}),
  };
}

function inWords(problems: readonly { readonly param: string; readonly message: string }[]): string {
  return `${NOT_USABLE}: ${problems.map(({ param, message }) => `"${param}" ${message}`).join("; ")}`;
}
