import type { Json } from "./json.js";

/** What a program or a server that takes texts is given for a value: text as it is, null as nothing, all else as JSON. */
export function plainText(value: Json): string {
  if (typeof value === "string") return value;
  return value === null ? "" : JSON.stringify(value);
}
