import type { TextRange } from "../diagnostics/diagnostic.js";
import { itemsOf } from "../schema/field-value.js";
import type { TestCaseFields } from "../schema/test-schema.js";
import { noteExpression } from "./expression-occurrences.js";
import type { TestModel } from "./file-model.js";
import { symbolKey, type Notes } from "./occurrence.js";
import { named, useItems } from "./workflow-occurrences.js";

/** The names that a test file uses of the workflow that it tests. Steps of subworkflows are not followed. */
export function noteTests({ path, fields, text, conditions }: TestModel, notes: Notes): void {
  if (fields.workflow === undefined) return;
  const workflow = fields.workflow.value;
  notes.use(symbolKey.workflow(workflow), named(fields.workflow));
  for (const { value } of itemsOf(fields.tests)) noteCase(value.value, { workflow, text }, notes);
  for (const { expression, level } of conditions)
    noteExpression(expression, { level, owner: { path, workflow }, notes });
}

interface Tested {
  readonly workflow: string;
  readonly text: string;
}

function noteCase({ params, given, expect, starts }: TestCaseFields, tested: Tested, notes: Notes): void {
  const paramOf = (name: string): ReturnType<typeof symbolKey.param> =>
    symbolKey.param(tested.workflow, name);
  useItems(params, paramOf, notes);
  for (const { key, keyRange, value } of itemsOf(given)) {
    noteStepPath(key, keyRange, { tested, notes });
    for (const outcome of value.value)
      useItems(outcome.value.outputs, (name) => symbolKey.stepOutput(tested.workflow, key, name), notes);
  }
  for (const { key, keyRange } of itemsOf(expect?.value.steps))
    noteStepPath(key, keyRange, { tested, notes });
  for (const { value } of itemsOf(starts?.value.signals)) {
    if (value.signal !== undefined) notes.use(symbolKey.signal(value.signal.value), named(value.signal));
  }
  for (const { value } of itemsOf(starts?.value.runs)) useItems(value.params, paramOf, notes);
}

/** `load.copy` names two steps, each at its own characters. */
function noteStepPath(
  path: string,
  keyRange: TextRange,
  { tested, notes }: { readonly tested: Tested; readonly notes: Notes },
): void {
  const start = tested.text.indexOf(path, keyRange.start);
  if (start < 0 || start + path.length > keyRange.end) return;
  let at = 0;
  for (const name of path.split(".")) {
    const range = { start: start + at, end: start + at + name.length };
    notes.use(symbolKey.step(tested.workflow, path.slice(0, at + name.length)), { name, range });
    at += name.length + 1;
  }
}
