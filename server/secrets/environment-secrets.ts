import type { Secrets } from "./secrets.js";

/** Variables named `HEADWATER_SECRET_<NAME>`. */
export function environmentSecrets(environment: Readonly<Record<string, string | undefined>>): Secrets {
  return {
    check: async () => undefined,
    read: async (names) =>
      new Map(
        names.flatMap((name) => {
          const value = environment[`HEADWATER_SECRET_${name}`];
          return value === undefined ? [] : [[name, value] as const];
        }),
      ),
  };
}
