import type { Diagnostic as Finding } from "@headwater/workflow";
import { DiagnosticSeverity, DiagnosticTag, type Diagnostic } from "vscode-languageserver-types";
import type { Project } from "../project.js";
import { toRange } from "../text-place.js";

const SEVERITIES = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Hint,
} as const;

/** Codes of what changes nothing when it is taken away: editors fade it. */
const UNNECESSARY = /^unused-|^unreachable-/;

/**
 * The findings of a file, as the editor shows them. `docs` is the address of docs/errors.md, or one that has `{code}` where the code goes;
 * without one codes are no links.
 */
export function diagnosticsOf(project: Project, path: string, docs: string | null): Diagnostic[] {
  return (project.findings().get(path) ?? []).map((finding) => diagnosticOf(finding, project, docs));
}

/** One finding as the editor shows it. */
export function diagnosticOf(finding: Finding, project: Project, docs: string | null): Diagnostic {
  const { code, severity, message, file, range, related } = finding;
  return {
    source: "headwater",
    code,
    severity: SEVERITIES[severity],
    message,
    range: toRange(project.document(file), range),
    ...(docs === null ? {} : { codeDescription: { href: linkTo(code, docs) } }),
    ...(UNNECESSARY.test(code) ? { tags: [DiagnosticTag.Unnecessary] } : {}),
    ...(related === undefined
      ? {}
      : {
          relatedInformation: related.map((place) => ({
            message: place.message,
            location: {
              uri: project.uriOf(place.file),
              range: toRange(project.document(place.file), place.range),
            },
          })),
        }),
  };
}

function linkTo(code: string, docs: string): string {
  return docs.includes(CODE_PLACE) ? docs.replace(CODE_PLACE, code) : `${docs}#${code}`;
}

const CODE_PLACE = "{code}";
