import {
  DESCRIBED_FUNCTIONS,
  expressionPlaceAt,
  writtenExpressionAt,
  type FunctionDescription,
  type OpenCall,
} from "@headwater/workflow/navigation";
import { MarkupKind, type SignatureHelp, type SignatureInformation } from "vscode-languageserver-types";
import { writingAt } from "../completion/writing.js";
import type { ProjectFile } from "../workspace.js";

/** How the function is called whose arguments are written at an offset. */
export function signatureHelpAt(file: ProjectFile, offset: number): SignatureHelp | null {
  const writing = writingAt(file, offset);
  if (writing === null) return null;
  const isBare = writing.shapes.some(({ kind }) => kind === "expression");
  const expression = writtenExpressionAt(writing.text, offset, { place: writing.place, isBare });
  if (expression === null) return null;
  const { calls } = expressionPlaceAt(expression.source, offset - expression.start);
  const call = calls.at(-1);
  const described = DESCRIBED_FUNCTIONS.find(({ name }) => name === call?.name);
  return call === undefined || described === undefined ? null : helpOf(described, call);
}

function helpOf(described: FunctionDescription, { receiver, argument }: OpenCall): SignatureHelp | null {
  const signatures = described.signatures
    .filter((signature) => isMethod(signature) === (receiver !== null))
    .map((signature) => signatureOf(signature, described));
  if (signatures.length === 0) return null;
  const fitting = signatures.findIndex(({ parameters = [] }) => parameters.length > argument);
  return { signatures, activeSignature: Math.max(0, fitting), activeParameter: argument };
}

function isMethod(signature: string): boolean {
  return signature.slice(0, signature.indexOf("(")).includes(".");
}

function signatureOf(label: string, { doc, example }: FunctionDescription): SignatureInformation {
  const value = `${doc}\n\nExample: \`${example}\``;
  return { label, documentation: { kind: MarkupKind.Markdown, value }, parameters: parametersOf(label) };
}

/** Each by its place in the label. */
function parametersOf(label: string): { label: [number, number] }[] {
  const open = label.indexOf("(") + 1;
  const inside = label.slice(open, label.indexOf(")"));
  return [...inside.matchAll(/[^\s,][^,]*/g)].map(({ 0: written, index }) => ({
    label: [open + index, open + index + written.length],
  }));
}
