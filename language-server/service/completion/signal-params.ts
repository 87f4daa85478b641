import type { StepDefinition, ValueTemplate } from "@headwater/workflow";
import { itemsOf, type WorkflowModel } from "@headwater/workflow/navigation";
import type { Project } from "../project.js";

/** A param that some step of the project gives with a signal. */
export interface SignalParam {
  readonly name: string;
  /** Who gives it. */
  readonly detail: string;
}

/** What is given with any of these signals, by the workflows as they were last compiled; sorted, each name once. */
export function paramsOfSignals(project: Project, signals: readonly string[]): readonly SignalParam[] {
  const givers = new Map<string, Set<string>>();
  for (const { id, definition } of project.settledWorkflows()) {
    for (const { signal, params } of emissionsIn(definition.steps)) {
      if (!signals.includes(signal)) continue;
      for (const name of Object.keys(params)) givers.set(name, (givers.get(name) ?? new Set()).add(id));
    }
  }
  return [...givers]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, by]) => ({ name, detail: `given by ${[...by].join(", ")}` }));
}

/** The signals that `signal` may be at a path: that of the trigger which the path is in, or those of all. */
export function signalsAt(model: WorkflowModel, path: readonly (string | number)[]): readonly string[] {
  return triggersAt(model, path).flatMap(({ value: { signal } }) =>
    signal === undefined ? [] : [signal.value],
  );
}

/** The same of joined signals: the signal by the name that `all` gives it. */
export function joinedSignalsAt(
  model: WorkflowModel,
  path: readonly (string | number)[],
): ReadonlyMap<string, string> {
  const joined = triggersAt(model, path).flatMap(({ value: { all } }) => itemsOf(all));
  return new Map(
    joined.flatMap(({ key, value }) => {
      const signal = value.value.signal?.value;
      return signal === undefined ? [] : [[key, signal] as const];
    }),
  );
}

function triggersAt(
  { fields }: WorkflowModel,
  [first, second]: readonly (string | number)[],
): ReturnType<typeof itemsOf<NonNullable<WorkflowModel["fields"]["triggers"]>["value"][number]>> {
  const triggers = itemsOf(fields.triggers);
  if (first !== "triggers" || typeof second !== "number") return triggers;
  return triggers.slice(second, second + 1);
}

interface Emission {
  readonly signal: string;
  readonly params: Readonly<Record<string, ValueTemplate>>;
}

function emissionsIn(steps: readonly StepDefinition[]): readonly Emission[] {
  return steps.flatMap((step) => [...step.emit, ...("steps" in step ? emissionsIn(step.steps) : [])]);
}
