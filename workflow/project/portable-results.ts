import { once } from "../expressions/expression-library.js";
import type { CompileCache, Made, Result } from "./compile-cache.js";
import type { WorkflowFile } from "./compile-workflow-file.js";
import type { CompiledWorkflow } from "./compiled-project.js";

/** A result as plain data, which another process of the same build may take over. */
export interface PortableResult extends Result {
  /** As JSON: what is asked of every file at every compilation. */
  readonly facts: unknown;
  /** Large, and seldom asked for; with Maps in it. None where facts say all. */
  readonly details?: unknown;
}

/** Kinds of results that are plain data: all others hold what only their process has. */
const PORTABLE: ReadonlySet<string> = new Set(["workflow", "workflow-id", "gaps"]);

/** Null for what no other process can take over. */
export function portableOf(result: Result): PortableResult | null {
  const { key, made } = result;
  if (!PORTABLE.has(key.what)) return null;
  if (key.what !== "workflow") return { ...result, facts: made.value };
  // Under this key only workflow files are kept.
  const { workflow, fields, ...rest } = made.value as WorkflowFile;
  if (workflow === null) return { ...result, facts: { ...rest, workflow }, details: { fields } };
  const { definition, fingerprint, ...facts } = workflow;
  return {
    ...result,
    facts: { ...rest, workflow: { fingerprint, ...facts } },
    details: { fields, definition },
  };
}

/** @param details asked for once, when somebody first looks closer */
export function restoreResult(
  cache: CompileCache,
  {
    key,
    made,
    facts,
  }: { readonly key: Result["key"]; readonly facts: unknown; readonly made: Omit<Made<unknown>, "value"> },
  details: () => unknown,
): void {
  const value =
    key.what === "workflow" ? workflowFileOf(facts as Facts, once(details as () => Details)) : facts;
  cache.restore(key, { ...made, value });
}

type Details = Pick<WorkflowFile, "fields"> & Partial<Pick<CompiledWorkflow, "definition">>;

/** As `portableOf` has written them. */
type Facts = Omit<WorkflowFile, "fields" | "workflow"> & {
  readonly workflow: Omit<CompiledWorkflow, "definition"> | null;
};

function workflowFileOf({ workflow, ...facts }: Facts, details: () => Details): WorkflowFile {
  return {
    get fields() {
      return details().fields;
    },
    workflow: workflow === null ? null : withDefinition(workflow, details),
    ...facts,
  };
}

function withDefinition(
  workflow: Omit<CompiledWorkflow, "definition">,
  details: () => Details,
): CompiledWorkflow {
  return {
    get definition() {
      // It was written with the workflow.
      return details().definition as CompiledWorkflow["definition"];
    },
    ...workflow,
  };
}
