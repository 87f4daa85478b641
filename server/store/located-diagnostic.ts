/** A diagnostic with lines and columns from 1, which outlives the text it speaks of. */
export interface LocatedDiagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: "error" | "warning" | "info";
  readonly code: string;
  readonly message: string;
}
