import { RE2JS } from "re2js";
import { FunctionError } from "./functions/function-definition.js";
import type { Meter } from "./meter.js";

const PATTERN_LENGTH_MAX = 1000;
const PATTERNS_MAX = 200;
/** Matching costs time in proportion to the text times the program that a pattern becomes: `a{900}` has 900 states. */
const PRODUCT_A_STEP = 100;
/** Making the program of a pattern costs as much as so many steps for each of its states. */
const STEPS_A_STATE = 10;

/** A function that tells whether a text holds a match of an RE2 pattern: linear in the text, whatever the pattern. */
export function createPatternMatcher(meter: Meter): (text: string, pattern: string) => boolean {
  const compiled = new Map<string, RE2JS>();
  return (text, pattern) => {
    const matcher = compiled.get(pattern) ?? compile(pattern);
    if (compiled.size >= PATTERNS_MAX) compiled.clear();
    compiled.set(pattern, matcher);
    const states = matcher.programSize();
    // Charged whether it was at hand or not, so that an evaluation always costs the same.
    meter.spendOnce(pattern, states * STEPS_A_STATE);
    meter.spend((text.length * states) / PRODUCT_A_STEP);
    return matcher.matcher(text).find();
  };
}

function compile(pattern: string): RE2JS {
  if (pattern.length > PATTERN_LENGTH_MAX) {
    throw new FunctionError(`Pattern has ${pattern.length} characters; the limit is ${PATTERN_LENGTH_MAX}`);
  }
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new FunctionError(`Pattern "${pattern.slice(0, 60)}" is no RE2 regular expression`, {
      cause: error,
    });
  }
}
