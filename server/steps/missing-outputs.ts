import type { ValueType } from "@headwater/workflow";
import type { WrittenOutputs } from "./output-file.js";

const NAMES_MAX = 5;

/** Which declared outputs a script has not written, how it writes them, and what it wrote in their place; null when none is missing. */
export function missingOutputs(
  declared: Readonly<Record<string, ValueType>>,
  { outputs, undeclared }: WrittenOutputs,
): string | null {
  const missing = Object.keys(declared).filter((name) => !Object.hasOwn(outputs, name));
  const [first] = missing;
  if (first === undefined) return null;
  const what = missing.length === 1 ? "Output" : "Outputs";
  const are = missing.length === 1 ? "is" : "are";
  const others = undeclared.length === 0 ? "" : `. Written but not declared: ${named(undeclared)}`;
  return `${what} ${named(missing)} ${are} missing: write with echo "${first}=…" >> "$HEADWATER_OUTPUT"${others}`;
}

function named(names: readonly string[]): string {
  const more = names.length > NAMES_MAX ? ` and ${names.length - NAMES_MAX} more` : "";
  return `${names
    .slice(0, NAMES_MAX)
    .map((name) => `"${name}"`)
    .join(", ")}${more}`;
}
