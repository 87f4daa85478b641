/**
 * The type of a param, an input or an output, as authors write it: `int`, `list<string>`, `map<int>`.
 * A map's keys are strings; its argument is the type of its values. `json` is any JSON value.
 */
export type ValueType =
  | { readonly name: "string" | "int" | "double" | "bool" | "date" | "timestamp" | "duration" | "json" }
  | { readonly name: "list"; readonly of: ValueType }
  | { readonly name: "map"; readonly of: ValueType };
