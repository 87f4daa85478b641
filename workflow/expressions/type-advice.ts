/** What to write where an operator does not take values of these types: ` : make it text with string(…)`; "" when nothing is sure. */
export function adviseOnTypes(problem: string): string {
  const [, left = "", operator = "", right = ""] =
    /^Operator does not fit: (\S+) (\S+) (\S+)$/.exec(problem) ?? [];
  const types = [left, right];
  const has = (type: string): boolean => types.includes(type);
  if (has("string") && operator === "+") return `. Make the ${other(types)} text with string(…)`;
  if (has("timestamp") && has("string")) return '. Make the text a time with timestamp("…")';
  if (has("duration") && (has("string") || has("int"))) return '. Write a duration as duration("30s")';
  if (has("int") && has("double")) return ". Make the int a double with double(…)";
  if (has("string") && (has("int") || has("double")))
    return `. Make the text a number with ${other(types)}(…)`;
  if (/^Cannot index type "string"$/.test(problem)) return ". Its length is size(…)";
  return "";
}

function other(types: readonly string[]): string {
  return types.find((type) => type !== "string") ?? "";
}
