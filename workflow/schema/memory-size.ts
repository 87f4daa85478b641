import { parseByteSize } from "../types/quantity.js";
import { parsed, textOrNumber } from "./scalars.js";
import type { Schema } from "./schema.js";

/** No program starts in less, so that a smaller size is one without its unit. */
const BYTES_MIN = 2 ** 20;

const anySize = parsed("a size", parseByteSize, {
  form: "a number of bytes with a unit, such as 512Mi or 4Gi",
  // Nearly all that are less than the least are seen to be.
  pattern: /^(?:\d{7,12}(?:\.\d{1,6})?|\d{4,12}(?:\.\d{1,6})?(?:k|Ki)|\d{1,12}(?:\.\d{1,6})?[MGT]i?)$/,
  meantBy: (text) => /^\d+(?:\.\d+)?\s*[kMGT]i?B$/.exec(text)?.[0].replace(/\s*(\w+)B$/, "$1") ?? null,
  examples: ["512Mi", "4Gi"],
});

/** An amount of memory, read to bytes. */
export const memorySize: Schema<number> = {
  shape: textOrNumber(anySize.shape, { min: BYTES_MIN, max: 1e12 - 1 }),
  read: (node, report) => {
    const size = anySize.read(node, report);
    if (size === null || size.value >= BYTES_MIN) return size;
    const bytes = `${size.value} ${size.value === 1 ? "byte" : "bytes"}`;
    const message = `This is ${bytes}, in which no program starts: write a size of 1Mi or more, such as 512Mi`;
    report({ code: "invalid-value", message, range: node.range });
    return null;
  },
};
