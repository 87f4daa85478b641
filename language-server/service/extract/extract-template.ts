import { stepAt, type SeenExpression, type StepNode, type SyntaxNode } from "@headwater/workflow/navigation";
import { CodeActionKind, type CodeAction } from "vscode-languageserver-types";
import { toRange } from "../text-place.js";
import type { ProjectFile } from "../workspace.js";
import { inputsFor, withInputs, type TemplateInput } from "./template-inputs.js";

/** Keys of a step that its template has instead; the others say how the step goes with those around it. */
const MOVED: ReadonlySet<string> = new Set([
  "run",
  "shell",
  "env",
  "working_directory",
  "image",
  "resources",
  "pool",
  "sql",
  "http",
  "outputs",
]);
const KINDS = ["run", "sql", "http"] as const;

type MapNode = Extract<SyntaxNode, { readonly kind: "map" }>;
type Entry = MapNode["entries"][number];

/** The step in which a range lies as a template of its own, in the folder of the file: what its expressions use becomes inputs. */
export function extractTemplate(
  { project, path }: ProjectFile,
  { start, end }: { readonly start: number; readonly end: number },
): CodeAction[] {
  const model = project.model(path);
  if (model?.kind !== "workflow" || !model.isWhole) return [];
  const step = stepAt(model.top, start);
  if (step === null || step !== stepAt(model.top, end) || step.node.kind !== "map") return [];
  const moved = step.node.entries.filter(({ key }) => MOVED.has(key));
  if (!KINDS.some((kind) => step.fields[kind] !== undefined) || isShared(step.node, model.text)) return [];
  const inputs = inputsFor(expressionsIn(moved, model.expressions));
  if (inputs === null) return [];
  const name = freeName(step.id, path, new Set(project.tree.paths));
  const uri = project.uriOf(folderOf(path) + fileOf(name));
  const written = { step, moved, inputs, text: model.text };
  const document = project.document(path);
  return [
    {
      title: `Make "${step.id}" a template: ${fileOf(name)}`,
      kind: CodeActionKind.RefactorExtract,
      edit: {
        documentChanges: [
          { kind: "create", uri, options: { overwrite: false } },
          {
            textDocument: { uri, version: null },
            edits: [{ range: toRange(document, { start: 0, end: 0 }), newText: templateText(name, written) }],
          },
          {
            textDocument: { uri: project.uriOf(path), version: document.version },
            edits: useEdits(name, written).map(({ start: from, end: to, newText }) => ({
              range: toRange(document, { start: from, end: to }),
              newText,
            })),
          },
        ],
      },
    },
  ];
}

interface Extracted {
  readonly step: StepNode;
  readonly moved: readonly Entry[];
  readonly inputs: readonly TemplateInput[];
  readonly text: string;
}

/** What stands elsewhere in the file, or is used elsewhere, cannot go. */
function isShared({ range }: SyntaxNode, text: string): boolean {
  return /(?:^|[\s[{,:])[&*][\w-]+/.test(text.slice(range.start, range.end));
}

function expressionsIn(
  moved: readonly Entry[],
  expressions: readonly SeenExpression[],
): readonly SeenExpression[] {
  return expressions.filter((expression) => {
    const at = expression.offset(0);
    return moved.some(({ value: { range } }) => range.start <= at && at < range.end);
  });
}

function templateText(name: string, { moved, inputs, text }: Extracted): string {
  const declared = inputs.map((input) => `  ${input.name}: { type: ${quotedType(input.type)} }\n`);
  const head = `template: ${name}\n${declared.length === 0 ? "" : `inputs:\n${declared.join("")}`}`;
  const body = moved.map((entry) => `${withInputs(entry, inputs, { text, end: endOf(entry, text) })}\n`);
  return (head + body.join("")).replaceAll(/\r?\n/g, lineBreakOf(text));
}

/** The end of an entry with a comment behind it, which is of what goes. */
function endOf({ value: { range } }: Entry, text: string): number {
  const comment = text[range.end - 1] === "\n" ? null : /^[ \t]+#[^\r\n]*/.exec(text.slice(range.end));
  return range.end + (comment?.[0].length ?? 0);
}

function lineBreakOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function quotedType(type: string): string {
  return /[<>]/.test(type) ? JSON.stringify(type) : type;
}

/** The first of what goes makes room for the use of the template. */
function useEdits(
  name: string,
  { step: { node }, moved, inputs, text }: Extracted,
): readonly { readonly start: number; readonly end: number; readonly newText: string }[] {
  const [first, ...rest] = moved;
  if (first === undefined || node.kind !== "map") return [];
  const isFlow = text[node.range.start] === "{";
  const given = inputs.map(({ name: input, given: value }) => `${input}: ${value}`).join(", ");
  const separator = isFlow ? ", " : lineBreakOf(text) + " ".repeat(columnOf(first.keyRange.start, text));
  const use = [`use: ./${fileOf(name)}`, ...(given === "" ? [] : [`with: { ${given} }`])].join(separator);
  return [
    { start: first.keyRange.start, end: isFlow ? first.value.range.end : endOf(first, text), newText: use },
    ...rest.map((entry) => ({ ...gapOf(entry, node, { text, isFlow }), newText: "" })),
  ];
}

/** An entry with what stands between it and the one before. */
function gapOf(
  entry: Entry,
  { entries }: MapNode,
  { text, isFlow }: { readonly text: string; readonly isFlow: boolean },
): { readonly start: number; readonly end: number } {
  const before = entries[entries.indexOf(entry) - 1];
  if (isFlow) return { start: before?.value.range.end ?? entry.keyRange.start, end: entry.value.range.end };
  const lineBreak = text.lastIndexOf("\n", entry.keyRange.start);
  const start = text[lineBreak - 1] === "\r" ? lineBreak - 1 : lineBreak;
  return { start: Math.max(start, before?.value.range.end ?? 0), end: endOf(entry, text) };
}

function freeName(id: string, path: string, taken: ReadonlySet<string>): string {
  const base = id.replaceAll("_", "-");
  let name = base;
  for (let count = 2; taken.has(folderOf(path) + fileOf(name)); count += 1) name = `${base}-${count}`;
  return name;
}

function fileOf(name: string): string {
  return `${name}.template.yaml`;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

function columnOf(offset: number, text: string): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}
