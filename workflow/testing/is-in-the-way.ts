import type { Diagnostic, TextRange } from "../diagnostics/diagnostic.js";
import type { WrittenTest } from "./test-case.js";

/** An alias anywhere: what stands in one test may then be a part of another. */
const ALIAS = /(?:^|[\s[{,:-])\*[^\s*]/m;

/**
 * Whether an error of a test file keeps one of its tests from being simulated: not where it stands within another test.
 * @param text of the whole file
 */
export function isInTheWay(
  { range }: Pick<Diagnostic, "range">,
  test: WrittenTest,
  { tests, text }: { readonly tests: readonly WrittenTest[]; readonly text: string },
): boolean {
  const isOfOne = tests.some((each) => isWithin(range, each));
  return !isOfOne || isWithin(range, test) || ALIAS.test(text);
}

function isWithin(place: TextRange, { nameRange, range }: WrittenTest): boolean {
  return [nameRange, range].some(({ start, end }) => start <= place.start && place.end <= end);
}
