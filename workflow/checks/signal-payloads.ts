import { compileValue } from "../compile/compile-value.js";
import { satisfiesMatch } from "../definition/signal-match.js";
import { formatExpressionType, type ExpressionType } from "../expressions/type-scope.js";
import type { MatchCondition } from "../schema/match-operators.js";
import type { CheckedFile, EmittedSignal } from "./checked-file.js";

/** By signal; without those that nobody in the project emits, or that a template does, whose params depend on its inputs. */
export type Emissions = ReadonlyMap<string, readonly EmittedSignal[]>;

/** Every emission of the files. */
export function emissionsOf(files: readonly CheckedFile[]): Emissions {
  const emissions = new Map<string, EmittedSignal[]>();
  const uncertain = new Set<string>();
  for (const { fields, signals } of files) {
    for (const emitted of fields.emits) {
      const { value } = emitted.signal;
      const known = emissions.get(value);
      if (known === undefined) emissions.set(value, [emitted]);
      else known.push(emitted);
    }
    // Those of templates are not among the fields.
    const left = fields.emits.map(({ signal }) => signal.value);
    for (const signal of signals) {
      const at = left.indexOf(signal);
      if (at < 0) uncertain.add(signal);
      else left.splice(at, 1);
    }
  }
  for (const signal of uncertain) emissions.delete(signal);
  return emissions;
}

/** What the steps of a project give with one signal: of each param the types that it has there, each once. */
export interface Payload {
  readonly signal: string;
  readonly params: ReadonlyMap<string, readonly ExpressionType[]>;
}

/**
 * What those emissions of a signal give that may satisfy the conditions, as far as that is known before any run. Undefined when
 * there is none: then the signal that is meant comes from outside, and may carry anything.
 */
export function payloadOf(
  signal: string,
  conditions: readonly MatchCondition[],
  emissions: Emissions,
): Payload | undefined {
  const meant = emissionsMeant(signal, conditions, emissions);
  if (meant.length === 0) return undefined;
  const params = new Map<string, Map<string, ExpressionType>>();
  for (const { types } of meant) {
    for (const [name, type] of types) {
      const known = params.get(name) ?? new Map<string, ExpressionType>();
      params.set(name, known.set(formatExpressionType(type), type));
    }
  }
  return { signal, params: new Map([...params].map(([name, types]) => [name, [...types.values()]])) };
}

/** The emissions of a signal that may satisfy the conditions. */
export function emissionsMeant(
  signal: string,
  conditions: readonly MatchCondition[],
  emissions: Emissions,
): readonly EmittedSignal[] {
  return (emissions.get(signal) ?? []).filter((emitted) => maySatisfy(emitted, conditions));
}

/** Only two literals say that it does not; a param that is not given may be misspelt. */
function maySatisfy({ literals }: EmittedSignal, conditions: readonly MatchCondition[]): boolean {
  return conditions.every(({ param, operator, node }) => {
    const given = literals.get(param);
    const asked = compileValue(node);
    return (
      given === undefined ||
      asked.kind !== "literal" ||
      satisfiesMatch(given, { operator, value: asked.value })
    );
  });
}
