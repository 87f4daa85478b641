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
      readonly examples: readonly string[];
      /** What YAML reads as a number or a truth value is not taken for it. */
      readonly isTextOnly?: boolean;
      /** An expression in it is text as well. */
      readonly isOpaque?: boolean;
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
  /** With `isNoMap` of any kind but a map. */
  | { readonly kind: "any"; readonly isNoMap?: boolean }
  | { readonly kind: "list"; readonly of: Shape; readonly orOne: boolean; readonly isNeverEmpty?: boolean }
  | {
      readonly kind: "map";
      readonly of: Shape;
      readonly keys: string | null;
      readonly isNeverEmpty?: boolean;
    }
  | {
      readonly kind: "record";
      /** "a step", "the trigger". */
      readonly what: string;
      readonly keys: Readonly<Record<string, KeyShape>>;
      readonly rules: RecordRules | null;
    }
  | { readonly kind: "either"; readonly of: readonly Shape[] }
  | { readonly kind: "lazy"; readonly name: string; readonly shape: () => Shape };

/** How the keys of a record fit together. */
export interface RecordRules {
  /** Just one of these is there. */
  readonly oneOf: readonly string[];
  /** Keys that only go with some of them. */
  readonly goesWith: Readonly<Record<string, readonly string[]>>;
  /** Of these the second is there when the first is. */
  readonly asksFor: Readonly<Record<string, readonly string[]>>;
  /** The first key goes only with this value of another one. */
  readonly onlyWith?: Readonly<Record<string, { readonly key: string; readonly value: string }>>;
}

/** What it means to leave a key out, as an author would write it. */
export type DefaultValue = string | number | boolean;

export interface KeyShape {
  readonly shape: Shape;
  /** One or two sentences for a person, as hover shows them. */
  readonly doc: string;
  readonly required: boolean;
  /** What it means to leave it out; absent where that is more than a value. */
  readonly default?: DefaultValue;
}

/** The type that a schema reads. */
export type ValueOf<S> = S extends Schema<infer T> ? T : never;

/** The same schema with a shape that also says what only a check finds, so that the published JSON Schema refuses it too. */
export function narrowed<T>(schema: Schema<T>, narrow: (shape: Shape) => Shape): Schema<T> {
  return { shape: narrow(schema.shape), read: schema.read };
}

/** The same schema for a text, with a pattern that a check holds it to. */
export function withPattern<T>(schema: Schema<T>, pattern: RegExp): Schema<T> {
  return narrowed(schema, (shape) => (shape.kind === "text" ? { ...shape, pattern: pattern.source } : shape));
}

/** The same schema for a list or a map, in which a check finds something missing when it is empty. */
export function neverEmpty<T>(schema: Schema<T>): Schema<T> {
  return narrowed(schema, (shape) =>
    shape.kind === "list" || shape.kind === "map" ? { ...shape, isNeverEmpty: true } : shape,
  );
}

/** The keys that a schema of a record knows. */
export function keysOf({ shape }: Schema<unknown>): Readonly<Record<string, unknown>> {
  return shape.kind === "record" ? shape.keys : {};
}

/** The same schema, which says how it is written where there is a value of another kind; null from `advise` when nothing is sure. */
export function advised<T>(schema: Schema<T>, advise: (node: SyntaxNode) => string | null): Schema<T> {
  return {
    shape: schema.shape,
    read: (node, report) => {
      const advice = advise(node);
      if (advice === null) return schema.read(node, report);
      return schema.read(node, (finding) => {
        const isOfKind = finding.code === "wrong-type" && finding.range === node.range;
        report(isOfKind ? { ...finding, message: `${finding.message}. ${advice}` } : finding);
      });
    },
  };
}

/** The same schema of a record, which says by which key a value is written that stands in its place. */
export function written<T>(schema: Schema<T>, key: string): Schema<T> {
  return advised(schema, (node) => {
    if (node.kind === "map") return null;
    const value = node.kind === "scalar" ? node.text.slice(0, 40) : "[…]";
    return `Write { ${key}: ${value.includes("\n") ? "…" : value} }`;
  });
}

/** A value read from a node. */
export function located<T>(node: SyntaxNode, value: T): Located<T> {
  return { value, range: node.range, node };
}

/** A schema that is looked up when used, for parts of the language that contain themselves; `name` is its name in JSON Schema. */
export function lazy<T>(name: string, find: () => Schema<T>): Schema<T> {
  return {
    shape: { kind: "lazy", name, shape: () => find().shape },
    read: (node, report) => find().read(node, report),
  };
}
