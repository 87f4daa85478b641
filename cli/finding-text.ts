import { type Diagnostic, renderDiagnostic } from "@headwater/workflow";
import type { Style } from "./style.js";

/** A finding with its line and `^^^`; the first line says what, the line of `^^^` where: both in the colour of the severity. */
export function renderFinding(
  diagnostic: Diagnostic,
  textOf: (file: string) => string,
  style: Style,
): string {
  const { severity } = diagnostic;
  const color = severity === "error" ? style.bad : severity === "warning" ? style.busy : style.quiet;
  return renderDiagnostic(diagnostic, textOf)
    .split("\n")
    .map((line, index) => (index === 0 || /^ *\| +\^+$/.test(line) ? color(line) : line))
    .join("\n");
}
