import { noteTemplateExpressions } from "./expression-occurrences.js";
import type { FileModel, TemplateModel } from "./file-model.js";
import { notesInto, symbolKey, type Notes, type Occurrence } from "./occurrence.js";
import { noteTests } from "./test-occurrences.js";
import { defineItems, named, noteSignals, noteWorkflow } from "./workflow-occurrences.js";

/** Every name of a file, in the order of the file: what definitions, references, highlights and renames are made of. */
export function occurrencesOf(model: FileModel): readonly Occurrence[] {
  const occurrences: Occurrence[] = [];
  const notes = notesInto(occurrences, model.text);
  if (model.kind === "workflow") noteWorkflow(model, notes);
  if (model.kind === "template") noteTemplate(model, notes);
  if (model.kind === "test") noteTests(model, notes);
  return occurrences.sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
}

function noteTemplate(model: TemplateModel, notes: Notes): void {
  const { path, template, root } = model;
  if (template === null) return;
  const { fields } = template;
  if (fields.template !== undefined)
    notes.define(symbolKey.template(path), named(fields.template), root?.range);
  defineItems(fields.inputs, (name) => symbolKey.input(path, name), notes);
  defineItems(fields.outputs, (name) => symbolKey.templateOutput(path, name), notes);
  if (fields.pool !== undefined) notes.use(symbolKey.pool(fields.pool.value), named(fields.pool));
  noteSignals(fields, notes);
  noteTemplateExpressions(model, notes);
}
