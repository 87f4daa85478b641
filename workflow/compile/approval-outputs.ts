import type { ValueType } from "../types/value-type.js";

/** What every approval gives without declaring it: who answered, and with which words. */
export const APPROVAL_OUTPUTS: Readonly<Record<string, ValueType>> = {
  approved_by: { name: "string" },
  comment: { name: "string" },
};
