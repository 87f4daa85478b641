import { simpleCommands } from "../checks/script-commands.js";
import type { TextRange } from "../diagnostics/diagnostic.js";
import { resolvePath } from "../project/repository-path.js";
import type { Located } from "../schema/schema.js";
import type { StepFields } from "../schema/step-schema.js";
import type { TemplateFields } from "../schema/template-schema.js";
import { offsetsIn } from "../syntax/scalar-offsets.js";
import type { FileModel } from "./file-model.js";

/** A file of the repository as another one names it. */
export interface NamedFile {
  readonly written: string;
  /** Of what is written, without quotes around it. */
  readonly range: TextRange;
  /** The path in the repository. */
  readonly target: string;
  /** Where a script begins, from the root of the repository; null for a name that is read from the file that says it. */
  readonly folder: string | null;
}

/** The files that a file names: templates, queries, notebooks, and what its scripts run or read. */
export function namedFiles(model: FileModel): readonly NamedFile[] {
  const { path, text } = model;
  return bodiesOf(model).flatMap((fields) => [
    ...fieldsWithFiles(fields).flatMap((field) => namedInField(field, path, text)),
    ...namedInScript(fields, text),
  ]);
}

type Body = StepFields | TemplateFields;

function bodiesOf(model: FileModel): readonly Body[] {
  if (model.kind === "workflow") return model.steps.map(({ fields }) => fields);
  return model.kind === "template" && model.template !== null ? [model.template.fields] : [];
}

function fieldsWithFiles(fields: Body): readonly Located<string>[] {
  const { sql, notebook } = fields;
  const written = notebook?.value;
  return [
    "use" in fields ? fields.use : undefined,
    sql?.value.file,
    typeof written === "string" && notebook !== undefined ? { ...notebook, value: written } : undefined,
    typeof written === "object" ? written.file : undefined,
  ].filter((field) => field !== undefined);
}

function namedInField({ value, range }: Located<string>, path: string, text: string): readonly NamedFile[] {
  const target = resolvePath(value, path);
  return target === null ? [] : named({ written: value, target, folder: null }, range, text);
}

function namedInScript(
  { run, working_directory: inside }: Pick<StepFields, "run" | "working_directory">,
  text: string,
): readonly NamedFile[] {
  if (run?.node.kind !== "scalar") return [];
  const offset = offsetsIn(text, run.node);
  const folder = inside?.value ?? "";
  return simpleCommands(run.value)
    .flatMap(({ words, reads }) => [...words, ...reads])
    .flatMap(({ plain, start, end }) => {
      if (plain === null || !plain.includes(".")) return [];
      const target = resolvePath(`${folder}/${plain}`.replace(/^\//, ""), "");
      if (target === null) return [];
      return named(
        { written: plain, target, folder },
        { start: offset(start), end: offset(end - 1) + 1 },
        text,
      );
    });
}

/** None where the characters are not as they are read, as with escapes. */
function named(
  file: Omit<NamedFile, "range">,
  { start, end }: TextRange,
  text: string,
): readonly NamedFile[] {
  const at = text.slice(start, end).indexOf(file.written);
  if (at < 0) return [];
  return [{ ...file, range: { start: start + at, end: start + at + file.written.length } }];
}
