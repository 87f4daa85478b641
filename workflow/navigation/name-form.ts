import { NAME_PATTERN, nameForm, WORKFLOW_ID_FORM, WORKFLOW_ID_PATTERN } from "../schema/id-forms.js";
import { SIGNAL_NAME_FORM, SIGNAL_NAME_PATTERN } from "../schema/signal-name.js";
import type { SymbolKind } from "./occurrence.js";

/** Whether the project itself gives names of a kind; the others are given by the service. */
export function isNamedHere(kind: SymbolKind): boolean {
  return !["secret", "permit", "pool"].includes(kind);
}

/** Why something of a kind cannot be called so; null when it can. */
export function nameProblem(kind: SymbolKind, name: string): string | null {
  if (kind === "workflow" || kind === "template")
    return WORKFLOW_ID_PATTERN.test(name) ? null : refusal(name, kind, WORKFLOW_ID_FORM);
  if (kind === "signal") return SIGNAL_NAME_PATTERN.test(name) ? null : refusal(name, kind, SIGNAL_NAME_FORM);
  if (!NAME_PATTERN.test(name)) return nameForm(kind).problem(name);
  if (WORDS.has(name))
    return `"${name}" is a word of expressions, which can name a ${kind} so only in brackets: ["${name}"]. Take another name`;
  return null;
}

/** Literals and an operator of CEL: none of them may follow a dot. */
const WORDS: ReadonlySet<string> = new Set(["in", "true", "false", "null"]);

/** Why a variable of a foreach cannot be called so; null when it can. */
export function itemNameProblem(name: string): string | null {
  return name === "index" ? `"each.index" is the number of the iteration: take another name` : null;
}

function refusal(name: string, kind: SymbolKind, form: string): string {
  return `"${name}" cannot be the name of a ${kind}: ${form}`;
}
