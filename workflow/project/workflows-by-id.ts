import type { CompiledWorkflow } from "./compiled-project.js";
import { oncePer } from "./once-per.js";

/** Whoever compares two sides of ten thousand workflows asks for a few of them, several times. */
export const workflowsById: (
  workflows: readonly CompiledWorkflow[],
) => ReadonlyMap<string, CompiledWorkflow> = oncePer(
  (workflows) => new Map(workflows.map((workflow) => [workflow.id, workflow])),
);
