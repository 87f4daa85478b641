import { resolveParams } from "@headwater/engine";
import { toCelValue } from "@headwater/workflow";
import type { Evaluator, Json, ValueTemplate, WorkflowDefinition } from "@headwater/workflow";
import type { NewRun, RunTrigger, WorkflowRow } from "../store/store.js";
import { depthProblem } from "./chain-depth.js";

const NOT_USABLE = "the params of the trigger are not usable";

/** What a trigger has decided: this workflow runs, because of that. */
export interface TriggeredRun {
  readonly id: string;
  readonly workflow: WorkflowRow;
  readonly definition: WorkflowDefinition;
  readonly trigger: RunTrigger;
  readonly triggerKey: string;
  /** The trigger's own `params`, which may use `run` and `signal`. */
  readonly params: Readonly<Record<string, ValueTemplate>>;
  readonly scheduledAt: number;
  readonly now: number;
}

/**
 * The run to create. Params that cannot be computed make a run that failed and says why, as does a chain of triggers
 * without an end: a slot never passes in silence.
 */
export function newRun(evaluator: Evaluator, triggered: TriggeredRun): NewRun {
  const { id, workflow, definition, trigger, triggerKey, scheduledAt, now } = triggered;
  const context = {
    id,
    scheduledAt,
    createdAt: now,
    trigger: trigger.kind,
    commit: workflow.commit,
    environment: workflow.environment,
    evaluator,
  };
  const given = evaluateParams(evaluator, triggered);
  const resolved = given.ok ? resolveParams(definition, given.params, context) : null;
  const paramsProblem = !given.ok
    ? given.problem
    : resolved?.ok === false
      ? inWords(resolved.problems)
      : null;
  const problem = depthProblem(workflow.workflow, trigger) ?? paramsProblem;
  return {
    id,
    project: workflow.project,
    environment: workflow.environment,
    workflow: workflow.workflow,
    versionId: workflow.versionId,
    commit: workflow.commit,
    repositoryId: workflow.repositoryId,
    trigger,
    triggerKey,
    params: resolved?.ok ? resolved.params : given.ok ? given.params : {},
    scheduledAt,
    createdAt: now,
    ...(problem === null ? {} : { failedReason: problem }),
  };
}

type GivenParams =
  | { readonly ok: true; readonly params: Readonly<Record<string, Json>> }
  | { readonly ok: false; readonly problem: string };

function evaluateParams(evaluator: Evaluator, triggered: TriggeredRun): GivenParams {
  const scope = {
    run: {
      id: triggered.id,
      scheduled_at: toCelValue(new Date(triggered.scheduledAt).toISOString(), { name: "timestamp" }),
      trigger: triggered.trigger.kind,
    },
    signal: toCelValue(triggered.trigger.kind === "signal" ? triggered.trigger.params : {}, { name: "json" }),
  };
  const params: Record<string, Json> = {};
  for (const [name, template] of Object.entries(triggered.params)) {
    const value = evaluator.resolveValue(template, scope);
    if (!value.ok) return { ok: false, problem: `${NOT_USABLE}: "${name}": ${value.message}` };
    params[name] = value.value;
  }
  return { ok: true, params };
}

function inWords(problems: readonly { readonly param: string; readonly message: string }[]): string {
  return `${NOT_USABLE}: ${problems.map(({ param, message }) => `"${param}" ${message}`).join("; ")}`;
}
