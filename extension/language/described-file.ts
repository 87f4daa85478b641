import type * as vscode from "vscode";
import type { Language } from "./language-client.js";

/** A range as the protocol writes it; lines and columns from 0. */
export interface PlainRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

/** What the language server says of a file; see `FileDescription` there. */
export interface DescribedFile {
  readonly project: string | null;
  readonly path: string;
  readonly workflow: {
    readonly id: string;
    readonly fingerprint: string | null;
    readonly nameRange: PlainRange;
    readonly steps: readonly { readonly path: string; readonly range: PlainRange }[];
  } | null;
}

/** A file whose workflow a service may have. */
export interface WorkflowFile {
  readonly project: string;
  readonly workflow: NonNullable<DescribedFile["workflow"]>;
}

/** The workflow of a document; null for a document that has none, or whose project has no name. */
export async function describeDocument(
  language: Language,
  document: vscode.TextDocument,
): Promise<WorkflowFile | null> {
  if (document.languageId !== "headwater") return null;
  const uri = document.uri.toString();
  const described = await language.ask<DescribedFile>("headwater/describe", { uri });
  if (described?.project == null || described.workflow === null) return null;
  return { project: described.project, workflow: described.workflow };
}
