import { compileValue } from "../compile/compile-value.js";
import { isSlip } from "../diagnostics/nearest-name.js";
import type { MatchCondition } from "../schema/match-operators.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import type { EmittedSignal } from "./checked-file.js";
import { emissionsMeant, type Emissions } from "./signal-payloads.js";

/** A text of a `match` that differs by a letter from one that the project emits. */
export interface MisspeltValue {
  readonly param: string;
  readonly node: SyntaxNode;
  readonly written: string;
  readonly nearest: string;
}

/** What a workflow asks of a signal. */
export interface AskedMatch {
  readonly signal: string;
  readonly conditions: readonly MatchCondition[];
  /** What the workflow emits itself, which it does not mean to hear: it would start itself without end. */
  readonly own: readonly EmittedSignal[];
}

/**
 * The texts that a param must equal, and with which no step emits the signal, though one of another workflow does with a text that is
 * the same but for a letter. None where some step gives the param a value that only a run knows.
 */
export function misspeltValues(
  { signal, conditions, own }: AskedMatch,
  emissions: Emissions,
): readonly MisspeltValue[] {
  if (!emissions.has(signal)) return [];
  return conditions.flatMap((condition) => {
    const asked = textsAsked(condition);
    if (asked.length === 0) return [];
    const others = conditions.filter(({ param }) => param !== condition.param);
    const meant = emissionsMeant(signal, others, emissions);
    const emitted = textsEmitted(condition.param, meant);
    const ofOthers = textsEmitted(
      condition.param,
      meant.filter((one) => !own.includes(one)),
    );
    if (emitted === null || ofOthers === null) return [];
    const written = new Set(asked.map(({ text }) => text));
    return asked.flatMap(({ text, node }) => {
      const nearest = emitted.has(text) ? undefined : nearestOf(text, ofOthers);
      // Who asks for both means both.
      if (nearest === undefined || written.has(nearest)) return [];
      return [{ param: condition.param, node, written: text, nearest }];
    });
  });
}

function textsAsked({
  operator,
  node,
}: MatchCondition): readonly { readonly text: string; readonly node: SyntaxNode }[] {
  if (operator !== "eq" && operator !== "in") return [];
  const items = operator === "in" && node.kind === "list" ? node.items : [node];
  return items.flatMap((item) => {
    const compiled = compileValue(item);
    return compiled.kind === "literal" && typeof compiled.value === "string"
      ? [{ text: compiled.value, node: item }]
      : [];
  });
}

/** Null where not all of them are known. */
function textsEmitted(param: string, meant: readonly EmittedSignal[]): ReadonlySet<string> | null {
  const giving = meant.filter(({ types }) => types.has(param));
  if (giving.some(({ literals }) => !literals.has(param))) return null;
  const values = giving.map(({ literals }) => literals.get(param));
  return new Set(values.filter((value) => typeof value === "string"));
}

/** What differs in its digits is another day, part or version, and meant so. */
function nearestOf(text: string, emitted: ReadonlySet<string>): string | undefined {
  return [...emitted].find((known) => isSlip(text, known) && digitsOf(text) === digitsOf(known));
}

function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, "");
}
