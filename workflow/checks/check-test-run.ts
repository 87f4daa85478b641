import type { WorkflowDefinition } from "../definition/definition.js";
import { suggestion } from "../diagnostics/nearest-name.js";
import type { Report } from "../diagnostics/report.js";
import type { MapItem } from "../schema/collections.js";
import { itemsOf } from "../schema/field-value.js";
import type { TestCaseFields } from "../schema/test-schema.js";
import { missingParams } from "./given-params.js";

/** The run that a test looks at can begin: it has its params, and signals that may start it. */
export function checkTestRun(
  { key, keyRange, value: { value: fields } }: MapItem<TestCaseFields>,
  definition: WorkflowDefinition,
  report: Report,
): void {
  const missing = missingParams(definition.params, itemsOf(fields.params));
  if (missing !== null) {
    const message = `Test "${key}" has no run to look at: give ${missing} in its "params", or a default`;
    report({ code: "test-param", message, range: fields.params?.keyRange ?? keyRange });
  }
  checkBeginning(fields, definition, report);
}

/** A signal that is given is one that may start the workflow. */
function checkBeginning(
  { signal, signals }: TestCaseFields,
  { id, triggers }: WorkflowDefinition,
  report: Report,
): void {
  if (signal !== undefined && !triggers.some(({ kind }) => kind === "signal")) {
    const message = `No signal alone starts "${id}": it has no trigger with "signal"`;
    report({ code: "misplaced-key", message, range: signal.keyRange });
  }
  if (signals === undefined) return;
  const joins = triggers.filter((trigger) => trigger.kind === "all");
  if (joins.length === 0) {
    const message = `No signals together start "${id}": it has no trigger with "all"`;
    report({ code: "misplaced-key", message, range: signals.keyRange });
    return;
  }
  const names = joins.flatMap((join) => join.signals.map(({ name }) => name));
  for (const { key, keyRange } of signals.value) {
    if (names.includes(key)) continue;
    const near = suggestion(key, names);
    const message = `No trigger of "${id}" joins a signal "${key}"${near.text === "" ? `: there is ${names.join(", ")}` : near.text}`;
    report({ code: "unknown-value", message, range: keyRange, data: near.data });
  }
}
