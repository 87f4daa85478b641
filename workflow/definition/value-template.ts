import type { Json } from "../types/json.js";
import type { ValueType } from "../types/value-type.js";

/**
 * A value in a definition that may hold expressions. Canonical: whatever holds no expression is one `literal`.
 * A value that is one whole `${{ … }}` is an `expression` and keeps its type; text around it makes it `text`.
 */
export type ValueTemplate =
  | {
      readonly kind: "literal";
      readonly value: Json;
      /** Only where the value does not show it: a whole number that is a double, such as `1.0`. */
      readonly type?: ValueType;
    }
  | { readonly kind: "expression"; readonly source: string }
  | { readonly kind: "text"; readonly parts: readonly (string | { readonly source: string })[] }
  | { readonly kind: "list"; readonly items: readonly ValueTemplate[] }
  | { readonly kind: "map"; readonly entries: Readonly<Record<string, ValueTemplate>> };

/** A value that may only be a secret's name here: secrets are read when the attempt starts, never stored. */
export type EnvTemplate = ValueTemplate | { readonly kind: "secret"; readonly name: string };
