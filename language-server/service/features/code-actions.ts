import type { Diagnostic as Finding, Fix, TextEdit as FixEdit } from "@headwater/workflow";
import {
  CodeActionKind,
  type CodeAction,
  type Range,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver-types";
import { isDraft } from "../draft-name.js";
import { extractTemplate } from "../extract/extract-template.js";
import type { Project } from "../project.js";
import { toRange } from "../text-place.js";
import type { ProjectFile } from "../workspace.js";
import { diagnosticOf } from "./diagnostics.js";

/** What the editor wants, and can do. */
export interface CodeActionOptions {
  /** Kinds that are asked for; those below them count too. Null for all. */
  readonly only: readonly string[] | null;
  /** An edit may make files. */
  readonly makesFiles: boolean;
}

/** All mends of a file at once, as editors can do on saving. */
export const FIX_ALL = `${CodeActionKind.SourceFixAll}.headwater`;

/** What can be done about a range: the mends of what is wrong there and in the file, and a step as a template. */
export function codeActions(file: ProjectFile, range: Range, options: CodeActionOptions): CodeAction[] {
  const isAsked = (kind: string): boolean =>
    options.only?.some((wanted) => kind === wanted || kind.startsWith(`${wanted}.`)) ?? true;
  const document = file.project.document(file.path);
  // A template is made beside the file that uses it.
  const makesFiles = options.makesFiles && !isDraft(document.uri);
  const span = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
  return [
    ...(isAsked(CodeActionKind.QuickFix) ? quickFixes(file, span) : []),
    ...(isAsked(FIX_ALL) ? fixAll(file, options.only !== null) : []),
    ...(isAsked(CodeActionKind.RefactorExtract) && makesFiles ? extractTemplate(file, span) : []),
  ];
}

type Mendable = Finding & { readonly fix: Fix };

function mendable({ project, path }: ProjectFile): readonly Mendable[] {
  return (project.findings().get(path) ?? []).flatMap((finding) =>
    finding.fix === undefined ? [] : [{ ...finding, fix: finding.fix }],
  );
}

function quickFixes(file: ProjectFile, span: { readonly start: number; readonly end: number }): CodeAction[] {
  return mendable(file)
    .filter(({ range }) => range.start <= span.end && span.start <= range.end)
    .map((finding) => ({
      title: finding.fix.title,
      kind: CodeActionKind.QuickFix,
      isPreferred: true,
      diagnostics: [diagnosticOf(finding, file.project, null)],
      edit: editOf([finding.fix.edits], file),
    }));
}

/** Nobody needs "all" for one, unless the editor asks for just that. */
function fixAll(file: ProjectFile, isAskedFor: boolean): CodeAction[] {
  const chosen = withoutOverlaps(
    mendable(file).map(({ fix }) => fix.edits),
    file.path,
  );
  if (chosen.length < (isAskedFor ? 1 : 2)) return [];
  const what = chosen.length === 1 ? "the problem" : `${chosen.length} problems`;
  return [{ title: `Mend ${what} of this file`, kind: FIX_ALL, edit: editOf(chosen, file) }];
}

/** Mends that change the same place would undo each other; what is left over is offered again afterwards. */
function withoutOverlaps(
  mends: readonly (readonly FixEdit[])[],
  path: string,
): readonly (readonly FixEdit[])[] {
  const taken: FixEdit[] = [];
  return mends.filter((edits) => {
    const isFree = edits.every(
      (edit) => (edit.file ?? path) === path && !taken.some((other) => meet(edit.range, other.range)),
    );
    if (isFree) taken.push(...edits);
    return isFree;
  });
}

function meet(a: FixEdit["range"], b: FixEdit["range"]): boolean {
  return a.start <= b.end && b.start <= a.end;
}

function editOf(mends: readonly (readonly FixEdit[])[], { project, path }: ProjectFile): WorkspaceEdit {
  const changes: Record<string, TextEdit[]> = {};
  for (const { file = path, range, newText } of mends.flat())
    (changes[project.uriOf(file)] ??= []).push({ range: rangeIn(project, file, range), newText });
  return { changes };
}

function rangeIn(project: Project, path: string, range: FixEdit["range"]): Range {
  return toRange(project.document(path), range);
}
