import type { MapNode, SyntaxNode } from "../syntax/syntax-node.js";

/** The keys of which a step has exactly one: it says what the step does. */
export const STEP_KINDS = [
  "run",
  "sql",
  "http",
  "notebook",
  "plugin",
  "workflow",
  "foreach",
  "while",
  "use",
  "sleep",
  "approval",
  "noop",
] as const;

export type StepKind = (typeof STEP_KINDS)[number];

/** Keys that only some kinds take; all others belong to every kind. */
export const KINDS_OF_KEY: ReadonlyMap<string, readonly StepKind[]> = new Map<string, readonly StepKind[]>([
  ["shell", ["run"]],
  ["env", ["run"]],
  ["working_directory", ["run"]],
  ["image", ["run", "notebook"]],
  ["resources", ["run", "notebook"]],
  ["pool", ["run", "notebook", "sql", "http", "plugin"]],
  // Not for what waits only: it would hold them for nothing.
  ["permits", ["run", "sql", "http", "notebook", "plugin", "workflow", "foreach", "while", "use", "noop"]],
  // Those of an approval are its own, a loop has those of its steps, and what does nothing gives nothing.
  ["outputs", ["run", "sql", "http", "notebook", "plugin", "workflow", "use"]],
  ["steps", ["foreach", "while"]],
  ["max_parallel", ["foreach"]],
  ["on_failure", ["foreach"]],
  ["vars", ["while"]],
  ["next", ["while"]],
  ["max_iterations", ["while"]],
  ["with", ["use", "workflow"]],
  ["wait", ["workflow"]],
]);

/** The kinds that a step is written to have; even one whose value is wrong counts. */
export function kindsOf(
  node: SyntaxNode,
): readonly { readonly kind: StepKind; readonly entry: MapNode["entries"][number] }[] {
  if (node.kind !== "map") return [];
  return node.entries.flatMap((entry) => {
    const kind = KIND_OF_KEY.get(entry.key);
    return kind === undefined ? [] : [{ kind, entry }];
  });
}

const KIND_OF_KEY: ReadonlyMap<string, StepKind> = new Map(STEP_KINDS.map((kind) => [kind, kind]));
