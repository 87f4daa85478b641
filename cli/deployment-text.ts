import type { Deployment } from "@headwater/api";
import type { Style } from "./style.js";
import { plain } from "./table.js";

/** What became of a commit, in one line: `1a2b3c4d5e6f is refused: 1 error in 1 file: …`. */
export function renderVerdict({ commit, status, reason }: Deployment, style: Style): string {
  const why = reason === null ? "" : `: ${plain(reason)}`;
  return `${commit.slice(0, 12)} is ${style.status(status)}${why}`;
}

/** Why a commit became what it is, where its findings stand below and need not be quoted; null when there is nothing to say. */
export function reasonAbove({ reason, diagnostics }: Deployment): string | null {
  const isQuote = reason !== null && diagnostics.some(({ message }) => reason.includes(message));
  return isQuote ? reason.slice(0, reason.indexOf(":")) : reason;
}

/** The findings of a deployment, a line each, indented. */
export function renderFindings({ diagnostics }: Deployment, style: Style): readonly string[] {
  return diagnostics.map(
    ({ file, line, column, severity, code, message }) =>
      `  ${plain(file)}:${line}:${column} ${style.status(severity)} ${code}: ${plain(message)}`,
  );
}
