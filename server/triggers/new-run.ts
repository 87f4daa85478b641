import { dedupeText, signalScope, signalsScope, triggeredParams, type UsableParams } from "@headwater/engine";
import { dueAt, toCelValue } from "@headwater/workflow";
import type { Evaluator, Scope, ValueTemplate, WorkflowDefinition } from "@headwater/workflow";
import type { TriggersOptions } from "./triggers.js";
import type { RunTrigger } from "../store/run-trigger.js";
import type { NewRun, WorkflowKey, WorkflowRow } from "../store/store.js";

/** What a trigger has decided: this workflow runs, because of that. */
export interface TriggeredRun {
  readonly id: string;
  readonly workflow: WorkflowRow;
  readonly definition: WorkflowDefinition;
  readonly trigger: RunTrigger;
  readonly triggerKey: string;
  /** Gives the text that takes the place of `triggerKey`: runs of the workflow with the same text are one. Null where each is its own. */
  readonly dedupe: ValueTemplate | null;
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
export function newRun(
  { evaluator, scheduleReader }: Pick<TriggersOptions, "evaluator" | "scheduleReader">,
  triggered: TriggeredRun,
): NewRun {
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
    dueAt: dueAt(scheduleReader, workflow.properties.expect, { scheduledAt, createdAt: now }),
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
  if (dedupe === null) return { text: triggerKey, problem: null };
  const text = dedupeText(evaluator, dedupe, scope);
  if (!text.ok) return { text: triggerKey, problem: text.message };
  return { text: `dedupe:${placeOf(workflow)}:${text.value}`, problem: null };
}

function paramsOf(evaluator: Evaluator, triggered: TriggeredRun, scope: Scope): UsableParams {
  const { id, workflow, definition, trigger, params, scheduledAt, now } = triggered;
  const { commit, environment } = workflow;
  const run = { id, scheduledAt, createdAt: now, trigger: trigger.kind, commit, environment };
  return triggeredParams(evaluator, { definition, params, scope, run });
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
