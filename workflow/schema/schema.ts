import type { TextRange } from "../diagnostics/diagnostic.js";
import type { Report } from "../diagnostics/report.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";

/** A typed value and where it stands. */
export interface Located<T> {
  readonly value: T;
  readonly range: TextRange;
  readonly node: SyntaxNode;
}

/**
 * One part of the language: reads a typed value from YAML, reports what does not fit, and says by `shape`, as data, what would
 * fit, for completion, hover and the published JSON Schema.
 */
export interface Schema<T> {
  readonly shape: Shape;
  /** Null when nothing usable is there; then a finding says why. Never throws. */
  readonly read: (node: SyntaxNode, report: Report) => Located<T> | null;
}

/** What a schema accepts, as data. */
export type Shape =
  | {
      readonly kind: "text";
      readonly form: string | null;
      readonly pattern: string | null;
      readonly expressions: boolean;
    }
  | { readonly kind: "choice"; readonly choices: readonly string[] }
  | {
      readonly kind: "number";
      readonly integer: boolean;
      readonly min: number | null;
      readonly max: number | null;
    }
  | { readonly kind: "boolean" }
  | { readonly kind: "expression" }
  | { readonly kind: "any" }
  | { readonly kind: "list"; readonly of: Shape; readonly orOne: boolean }
  | { readonly kind: "map"; readonly of: Shape; readonly keys: string | null }
  | { readonly kind: "record"; readonly keys: Readonly<Record<string, KeyShape>> }
  | { readonly kind: "either"; readonly of: readonly Shape[] }
  | { readonly kind: "lazy"; readonly shape: () => Shape };

export interface KeyShape {
  readonly shape: Shape;
  /** One or two sentences for a person, as hover shows them. */
  readonly doc: string;
  readonly required: boolean;
  readonly support: Support;
}

/** What the engine makes of a key today; all keys of the language are known, whatever it makes of them. */
export type Support = "full" | "no-effect-yet" | "not-yet-supported";

/** The type that a schema reads. */
export type ValueOf<S> = S extends Schema<infer T> ? T : never;

/** A value read from a node. */
export function located<T>(node: SyntaxNode, value: T): Located<T> {
  return { value, range: node.range, node };
}

/** A schema that is looked up when used, for parts of the language that contain themselves. */
export function lazy<T>(find: () => Schema<T>): Schema<T> {
  return {
    shape: { kind: "lazy", shape: () => find().shape },
    read: (node, report) => find().read(node, report),
  };
}
