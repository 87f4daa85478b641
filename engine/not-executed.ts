import type { StepDefinition } from "@headwater/workflow";

/** Why a step fails that the language has and this engine does not carry out: a deployment would have refused it. */
export function notExecuted(kind: StepDefinition["kind"]): string {
  return `Cannot execute step: this version of Headwater does not execute "${kind}" yet`;
}
