import type { TextRange } from "../diagnostics/diagnostic.js";
import type { SeenExpression } from "./used-names.js";

/** What the expressions of a file say of signals. */
export interface SeenSignals {
  readonly signalUses: readonly SignalParamUse[];
  readonly triggerExpressions: readonly TriggerExpression[];
}

/** Collects it, from each expression that `see` is told of. */
export function createSeenSignals(): SeenSignals & { readonly see: (seen: SeenExpression) => void } {
  const signalUses: SignalParamUse[] = [];
  const triggerExpressions: TriggerExpression[] = [];
  return {
    signalUses,
    triggerExpressions,
    see: (seen) => {
      if (!seen.source.includes("signal")) return;
      signalUses.push(...signalUsesIn(seen));
      const ofTrigger = triggerExpressionIn(seen);
      if (ofTrigger !== null) triggerExpressions.push(ofTrigger);
    },
  };
}

/** A param of a signal where an expression needs it. */
export interface SignalParamUse {
  /** The name that `all` gives the signal; null for `signal` itself. */
  readonly joined: string | null;
  readonly param: string;
  /** Of the param's name alone. */
  readonly range: TextRange;
}

/** The params of signals that an expression needs: one that it asks for by `?` or `has()` may be absent. */
function signalUsesIn({ source, checked, offset }: SeenExpression): readonly SignalParamUse[] {
  return checked.references.flatMap(({ path, start, end }) => {
    const named = namedBy(path);
    if (named === null) return [];
    const { owner, joined, param } = named;
    const written = `${owner}.${param}`;
    // Written in any other way, such as with `?`, it may be absent.
    const isNeeded = source.slice(start, end).startsWith(written) && !source.includes(`has(${written})`);
    const at = start + owner.length + 1;
    const last = at + param.length - 1;
    return isNeeded ? [{ joined, param, range: { start: offset(at), end: offset(last) + 1 } }] : [];
  });
}

/** An expression of a trigger that says more of a signal than its name. */
export interface TriggerExpression {
  readonly source: string;
  /** Of each character of the source its place in the text of the file. */
  readonly offsets: readonly number[];
  /** All params of signals that it speaks of. */
  readonly uses: readonly Pick<SignalParamUse, "joined" | "param">[];
}

/** The expression, where it can be held against what the signals carry: one of a trigger, right as far as the file tells, and of known params. */
function triggerExpressionIn({ source, checked, checker, offset }: SeenExpression): TriggerExpression | null {
  const isOfTrigger = "signal" in checker.scope || "signals" in checker.scope;
  if (!isOfTrigger || "steps" in checker.scope || checked.problems.length > 0) return null;
  if (/^\s*[\w.]*\s*$/.test(source)) return null;
  const paths = checked.references.map(({ path }) => path).filter(([root]) => root?.startsWith("signal"));
  const uses = paths.map(namedBy).filter((use) => use !== null);
  // Of a signal as a whole nobody knows which of its params are meant.
  if (uses.length === 0 || uses.length < paths.length) return null;
  return { source, uses, offsets: Array.from({ length: source.length }, (_, index) => offset(index)) };
}

interface NamedParam extends Pick<SignalParamUse, "joined" | "param"> {
  /** What it is a member of: `signal`, `signals.orders`. */
  readonly owner: string;
}

function namedBy([root, first, second]: readonly string[]): NamedParam | null {
  if (root === "signal" && first !== undefined) return { owner: root, joined: null, param: first };
  if (root !== "signals" || first === undefined || second === undefined) return null;
  return { owner: `signals.${first}`, joined: first, param: second };
}
