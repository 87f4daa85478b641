import type { Json } from "@headwater/workflow";

/** Something that a test expects and that is not so. */
export interface TestFailure {
  /** Where in the test it is expected, with the instance of the step: `expect.steps.load[2].copy.status`. */
  readonly place: string;
  /** In words: what was expected and what came instead. */
  readonly message: string;
  /** What the test says, and what came instead, in the form of the test; not there where one of them is no value. */
  readonly expected?: Json;
  readonly actual?: Json;
}

/** A failure with the two values that differ. */
export function mismatch(
  place: string,
  message: string,
  { expected, actual }: { readonly expected: Json; readonly actual: Json },
): TestFailure {
  return { place, message, expected, actual };
}
