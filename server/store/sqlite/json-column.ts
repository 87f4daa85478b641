declare const shape: unique symbol;

/** The text of a JSON column, with the type of what this store writes there. */
export type JsonText<Value> = string & { readonly [shape]?: Value };

/**
 * Reads a JSON column. The cast is the edge: this store alone writes these columns, from the same type. Of
 * what an older build wrote, migrations and `completeDefinition` make what today's code reads.
 */
export function parseColumn<Value>(text: JsonText<Value>): Value {
  return JSON.parse(text) as Value;
}
