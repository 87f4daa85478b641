import { DESCRIBED_FUNCTIONS } from "./standard-functions.js";

/** Every function that an expression may call. */
export const FUNCTION_NAMES: ReadonlySet<string> = new Set(DESCRIBED_FUNCTIONS.map(({ name }) => name));
