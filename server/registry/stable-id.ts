import { createHash } from "node:crypto";
import { canonicalJson } from "@headwater/workflow";

const DIGITS = 32;

/** `prefix_` and 128 bits of a hash: equal for equal plain data, whatever the order of its keys. */
export function stableId(prefix: string, value: unknown): string {
  return `${prefix}_${createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, DIGITS)}`;
}
