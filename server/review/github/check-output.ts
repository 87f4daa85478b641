import { visibleText } from "@headwater/workflow";
import type { LocatedDiagnostic } from "../../store/located-diagnostic.js";
import { fitText } from "../fit-text.js";

/** Source: https://docs.github.com/rest/checks/runs#create-a-check-run */
export const ANNOTATIONS_MAX = 50;
export const SUMMARY_BYTES_MAX = 65_535;
const TITLE_CHARACTERS_MAX = 255;
const MESSAGE_BYTES_MAX = 64 * 1024;

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: "notice" | "warning" | "failure";
  readonly message: string;
  readonly title: string;
}

const LEVELS = { error: "failure", warning: "warning", info: "notice" } as const;

/** Findings as annotations, in parts that a request may have; none gives none. */
export function annotationBatches(
  findings: readonly LocatedDiagnostic[],
): readonly (readonly Annotation[])[] {
  const annotations = findings.map(annotationOf);
  const count = Math.ceil(annotations.length / ANNOTATIONS_MAX);
  return Array.from({ length: count }, (_, index) =>
    annotations.slice(index * ANNOTATIONS_MAX, (index + 1) * ANNOTATIONS_MAX),
  );
}

/** Columns are allowed only where all is on one line. */
function annotationOf({ file, severity, code, message, ...place }: LocatedDiagnostic): Annotation {
  return {
    path: file,
    start_line: place.line,
    end_line: place.endLine,
    ...(place.line === place.endLine ? { start_column: place.column, end_column: place.endColumn } : {}),
    annotation_level: LEVELS[severity],
    title: code.slice(0, TITLE_CHARACTERS_MAX),
    message: fitText(visibleText(message), MESSAGE_BYTES_MAX),
  };
}
