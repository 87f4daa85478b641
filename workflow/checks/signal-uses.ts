import type { TextRange } from "../diagnostics/diagnostic.js";
import type { SeenExpression } from "./used-names.js";

/** A param of a signal where an expression needs it. */
export interface SignalParamUse {
  /** The name that `all` gives the signal; null for `signal` itself. */
  readonly joined: string | null;
  readonly param: string;
  /** Of the param's name alone. */
  readonly range: TextRange;
}

/** The params of signals that an expression needs: one that it asks for by `?` or `has()` may be absent. */
export function signalUsesIn({ source, checked, offset }: SeenExpression): readonly SignalParamUse[] {
  if (!source.includes("signal")) return [];
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

interface NamedParam extends Pick<SignalParamUse, "joined" | "param"> {
  /** What it is a member of: `signal`, `signals.orders`. */
  readonly owner: string;
}

function namedBy([root, first, second]: readonly string[]): NamedParam | null {
  if (root === "signal" && first !== undefined) return { owner: root, joined: null, param: first };
  if (root !== "signals" || first === undefined || second === undefined) return null;
  return { owner: `signals.${first}`, joined: first, param: second };
}
