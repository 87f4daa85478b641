import type { GateMatch, SignalMatch, StepDefinition, Trigger, WorkflowDefinition } from "./definition.js";
import { satisfiesMatch } from "./signal-match.js";
import type { ValueTemplate } from "./value-template.js";

/** A place where a workflow names a signal, or another workflow of its project. */
export type Mention =
  /** A step that emits the signal when it succeeds. */
  | {
      readonly role: "emits";
      readonly signal: string;
      readonly step: string;
      readonly params: Readonly<Record<string, ValueTemplate>>;
    }
  /** A trigger that the signal starts, alone or with others. */
  | { readonly role: "starts"; readonly signal: string; readonly match: readonly GateMatch[] }
  /** A step that waits for the signal. */
  | {
      readonly role: "waits";
      readonly signal: string;
      readonly step: string;
      readonly match: readonly GateMatch[];
    }
  /** A trigger that starts a run when one of the other workflow has ended. */
  | { readonly role: "follows"; readonly workflow: string }
  /** A step that runs the other workflow. */
  | { readonly role: "calls"; readonly workflow: string; readonly step: string };

/** What of a workflow concerns others, in file order; steps are named by their dotted paths (`load.copy`). */
export function mentionsOf({ triggers, steps }: WorkflowDefinition): readonly Mention[] {
  return [...triggers.flatMap(ofTrigger), ...ofSteps(steps, "")];
}

/** Whether a signal that is emitted with these params may satisfy such a match. Only plain values can say that it never does. */
export function canMeet(
  params: Readonly<Record<string, ValueTemplate>>,
  match: readonly GateMatch[],
): boolean {
  return match.every(({ param, operator, value: wanted }) => {
    const given = params[param];
    if (wanted.kind !== "literal") return given !== undefined || operator === "ne";
    if (given !== undefined && given.kind !== "literal") return true;
    return satisfiesMatch(given?.value, { operator, value: wanted.value });
  });
}

function ofTrigger(trigger: Trigger): readonly Mention[] {
  switch (trigger.kind) {
    case "schedule":
      return [];
    case "signal":
      return [{ role: "starts", signal: trigger.signal, match: trigger.match.map(asTemplate) }];
    case "all":
      return trigger.signals.map(({ signal, match }) => ({
        role: "starts",
        signal,
        match: match.map(asTemplate),
      }));
    case "workflow":
      return [{ role: "follows", workflow: trigger.workflow }];
  }
}

/** A trigger's conditions are plain values, those of a gate may be expressions: both as the latter. */
function asTemplate({ param, operator, value }: SignalMatch): GateMatch {
  return { param, operator, value: { kind: "literal", value } };
}

function ofSteps(steps: readonly StepDefinition[], prefix: string): readonly Mention[] {
  return steps.flatMap((step) => {
    const path = `${prefix}${step.id}`;
    const inner = "steps" in step ? ofSteps(step.steps, `${path}.`) : [];
    return [...ofStep(step, path), ...inner];
  });
}

function ofStep(step: StepDefinition, path: string): readonly Mention[] {
  return [
    ...step.waitFor.map(({ signal, match }): Mention => ({ role: "waits", signal, step: path, match })),
    ...(step.kind === "workflow"
      ? [{ role: "calls", workflow: step.workflow, step: path } satisfies Mention]
      : []),
    ...step.emit.map(({ signal, params }): Mention => ({ role: "emits", signal, step: path, params })),
  ];
}
