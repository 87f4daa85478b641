declare const shape: unique symbol;

/** The text of a JSON column, with the type of what this store writes there. */
export type JsonText<Value> = string & { readonly [shape]?: Value };

/**
 * Reads a JSON column. The cast is the edge: this store alone writes these columns, from the same type, and migrations
 * keep old rows readable.
 */
export function parseColumn<Value>(text: JsonText<Value>): Value {
  return JSON.parse(text) as Value;
}
