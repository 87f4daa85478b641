import { canonicalHash, type JoinTrigger } from "@headwater/workflow";

const DIGITS = 32;

/**
 * Names a trigger with `all` within its workflow, by what decides which signals wait for each other: signals go on
 * waiting when a commit changes anything else of it.
 */
export function joinIdOf({ signals, join }: JoinTrigger): string {
  return canonicalHash({ signals, join }).slice(0, DIGITS);
}
