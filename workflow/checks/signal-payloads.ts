import type { ExpressionType } from "../expressions/type-scope.js";
import type { CheckedFile } from "./checked-file.js";

/** What the steps of a project give with one signal: of each param the types that it has there. */
export interface Payload {
  readonly signal: string;
  readonly params: ReadonlyMap<string, readonly ExpressionType[]>;
}

/** By signal; without those that nobody in the project emits, or that a template does, whose params depend on its inputs. */
export type Payloads = ReadonlyMap<string, Payload>;

/** The payloads of all signals that the files emit. */
export function payloadsOf(files: readonly CheckedFile[]): Payloads {
  const payloads = new Map<string, { signal: string; params: Map<string, ExpressionType[]> }>();
  const uncertain = new Set<string>();
  for (const { fields, signals } of files) {
    for (const { signal, types } of fields.emits) {
      const { value } = signal;
      const payload = payloads.get(value) ?? { signal: value, params: new Map<string, ExpressionType[]>() };
      payloads.set(value, payload);
      for (const [name, type] of types) payload.params.set(name, [...(payload.params.get(name) ?? []), type]);
    }
    // Those of templates are not among the fields.
    const left = fields.emits.map(({ signal }) => signal.value);
    for (const signal of signals) {
      const at = left.indexOf(signal);
      if (at < 0) uncertain.add(signal);
      else left.splice(at, 1);
    }
  }
  for (const signal of uncertain) payloads.delete(signal);
  return payloads;
}
