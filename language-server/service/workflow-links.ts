import type { CompiledWorkflow, StepDefinition } from "@headwater/workflow";

/** Who makes a workflow run; ids of workflows, each once, in their order. */
export interface Callers {
  /** They run it by a step. */
  readonly byStep: readonly string[];
  /** Runs of these start it when they end. */
  readonly byEnding: readonly string[];
}

/** Who sends and who hears a signal. */
export interface SignalUsers {
  readonly senders: readonly string[];
  /** It starts runs of these. */
  readonly started: readonly string[];
  /** Steps of these wait for it. */
  readonly waiting: readonly string[];
}

/** Who makes the workflow of an id run. */
export function callersOf(workflows: readonly CompiledWorkflow[], id: string): Callers {
  return {
    byStep: idsOf(workflows, ({ definition }) =>
      someStep(definition.steps, (step) => step.kind === "workflow" && step.workflow === id),
    ),
    byEnding: idsOf(workflows, ({ definition }) =>
      definition.triggers.some((trigger) => trigger.kind === "workflow" && trigger.workflow === id),
    ),
  };
}

/** Who sends and who hears the signal of a name. */
export function signalUsers(workflows: readonly CompiledWorkflow[], name: string): SignalUsers {
  return {
    senders: idsOf(workflows, ({ definition }) =>
      someStep(definition.steps, ({ emit }) => emit.some(({ signal }) => signal === name)),
    ),
    started: idsOf(workflows, ({ definition }) =>
      definition.triggers.some((trigger) => {
        if (trigger.kind === "all") return trigger.signals.some(({ signal }) => signal === name);
        return trigger.kind === "signal" && trigger.signal === name;
      }),
    ),
    waiting: idsOf(workflows, ({ definition }) =>
      someStep(definition.steps, ({ waitFor }) => waitFor.some(({ signal }) => signal === name)),
    ),
  };
}

function idsOf(
  workflows: readonly CompiledWorkflow[],
  isMeant: (workflow: CompiledWorkflow) => boolean,
): readonly string[] {
  return workflows.filter(isMeant).map(({ id }) => id);
}

function someStep(steps: readonly StepDefinition[], isMeant: (step: StepDefinition) => boolean): boolean {
  return steps.some((step) => isMeant(step) || ("steps" in step && someStep(step.steps, isMeant)));
}
