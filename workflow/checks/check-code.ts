import { isLfsPointer } from "../syntax/git-lfs.js";
import type { TextRange } from "../diagnostics/diagnostic.js";
import type { Report } from "../diagnostics/report.js";
import { resolvePath } from "../project/repository-path.js";
import type { Field } from "../schema/record.js";
import type { Located } from "../schema/schema.js";
import type { StepFields } from "../schema/step-schema.js";
import { entryOf, type SyntaxNode } from "../syntax/syntax-node.js";
import { offsetsIn } from "../syntax/scalar-offsets.js";
import { FILE_BYTES_MAX } from "../syntax/parse-yaml.js";
import { decodeUtf8 } from "../syntax/utf8.js";
import type { BodyPlace } from "./body-place.js";
import { checkSqlParams } from "./check-sql-params.js";
import { otherFile } from "./nearest-file.js";
import { moveExpression, type ValuePlace } from "./mend-code.js";

/**
 * Text never becomes code: no expression inside `run`, `query` or a file of SQL. Also that the file is there, and that a
 * query is given in just one way.
 */
export function checkCode(
  { run, env, sql, notebook }: Pick<StepFields, "run" | "env" | "sql" | "notebook">,
  node: SyntaxNode,
  place: BodyPlace,
): void {
  if (run !== undefined) checkText(run, { owner: node, key: "env", given: env }, place);
  if (sql !== undefined) checkSql(sql, place);
  const file = notebook === undefined ? undefined : fileOf(notebook);
  if (file !== undefined) readNamed(file, place);
}

function fileOf(notebook: NonNullable<StepFields["notebook"]>): Located<string> | undefined {
  const { value, node, range } = notebook;
  return typeof value === "string" ? { value, node, range } : value.file;
}

function checkSql(sql: NonNullable<StepFields["sql"]>, place: BodyPlace): void {
  const { query, file } = sql.value;
  if (query !== undefined)
    checkText(query, { owner: sql.node, key: "params", given: sql.value.params }, place);
  // A key whose value cannot be read is told of by itself.
  const isGiven = ["query", "file"].some((key) => entryOf(sql.node, key) !== undefined);
  if (query === undefined ? file === undefined && !isGiven : file !== undefined) {
    const message = `A query has either "query" or "file"${query === undefined ? "" : ", not both"}`;
    place.report({ code: "missing-key", message, range: file?.keyRange ?? sql.keyRange });
  }
  checkSqlParams(sql.value, file === undefined ? null : checkFile(file, place), place);
}

const ADVICE: Readonly<Record<ValuePlace["key"], string>> = {
  env: `Put it into "env" and use the variable`,
  params: `Put it into "params" and use $name`,
};

function checkText(field: Field<string>, values: ValuePlace, { text, report }: BodyPlace): void {
  if (field.node.kind !== "scalar" || !field.value.includes("${{")) return;
  const offset = offsetsIn(text, field.node);
  const isQuoted = field.node.style === "double";
  for (const { start, end } of bracesIn(field.value)) {
    const range = { start: offset(start), end: offset(end - 1) + 1 };
    const fix = moveExpression(field.value.slice(start, end), range, { ...values, text, isQuoted });
    reportBraces(range, ADVICE[values.key], fix === null ? report : (finding) => report({ ...finding, fix }));
  }
}

/** The file that is named, or a finding that there is none. */
function readNamed(
  file: Located<string>,
  place: BodyPlace,
): { readonly path: string; readonly bytes: Uint8Array } | null {
  const path = resolvePath(file.value, place.path);
  const bytes = path === null ? undefined : place.tree.read(path);
  if (path !== null && bytes !== undefined && isLfsPointer(bytes)) {
    const message = `"${path}" is kept by Git LFS, and only its pointer is in Git. Keep it in Git itself: git lfs untrack, then add it again`;
    place.report({ code: "file-in-git-lfs", message, range: file.range });
    return null;
  }
  if (path !== null && bytes !== undefined) return { path, bytes };
  const near = otherFile(file, path, place);
  const where = path === null ? "it leads out of the repository" : `there is no file "${path}"`;
  const message = `Cannot read "${file.value}": ${where}${near.text}`;
  place.report({ code: "file-missing", message, range: file.range, ...near.mend });
  return null;
}

/** The text of a file of SQL; null, and reported, when there is none that can be read. */
function checkFile(file: Field<string>, place: BodyPlace): string | null {
  const named = readNamed(file, place);
  if (named === null) return null;
  const { path, bytes } = named;
  if (bytes.length > FILE_BYTES_MAX) {
    const message = `"${path}" has ${Math.ceil(bytes.length / 1024)} KiB, the limit is 256 KiB`;
    place.report({ code: "file-too-large", message, range: file.range });
    return null;
  }
  const decoded = decodeUtf8(bytes);
  if ("invalidAt" in decoded) {
    const message = `"${path}" is not UTF-8: byte ${decoded.invalidAt} begins no character`;
    place.report({ code: "file-not-utf8", message, range: file.range });
    return null;
  }
  for (const range of bracesIn(decoded.text)) {
    reportBraces(range, `Put it into "params" of the step and use $name`, (finding) =>
      place.report({ ...finding, file: path }),
    );
  }
  return decoded.text;
}

function reportBraces(range: TextRange, advice: string, report: Report): void {
  const message = `An expression here would make text from outside into code. ${advice}`;
  report({ code: "expression-not-allowed", message, range });
}

/** Enough to say where; a hostile file does not get more. */
const BRACES_REPORTED_MAX = 20;

function bracesIn(code: string): readonly TextRange[] {
  const ranges: TextRange[] = [];
  for (let open = code.indexOf("${{"); open >= 0 && ranges.length < BRACES_REPORTED_MAX;) {
    const close = code.indexOf("}}", open);
    const end = close < 0 ? open + 3 : close + 2;
    ranges.push({ start: open, end });
    open = code.indexOf("${{", end);
  }
  return ranges;
}
