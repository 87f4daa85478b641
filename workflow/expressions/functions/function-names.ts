import { DESCRIBED_FUNCTIONS } from "./standard-functions.js";

/** Whether a function is only called on a value: `text.startsWith(…)`. */
export function isMethod(name: string): boolean {
  return METHODS.has(name);
}

const METHODS: ReadonlySet<string> = new Set(
  DESCRIBED_FUNCTIONS.filter(
    ({ name, signatures, namespace }) =>
      namespace === undefined && signatures.every((signature) => !signature.startsWith(`${name}(`)),
  ).map(({ name }) => name),
);

/** Every function that an expression may call. */
export const FUNCTION_NAMES: ReadonlySet<string> = new Set(DESCRIBED_FUNCTIONS.map(({ name }) => name));
