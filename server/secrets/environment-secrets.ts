import type { Secrets } from "./secrets.js";

const PREFIXES = { live: "HEADWATER_SECRET_", preview: "HEADWATER_PREVIEW_SECRET_" } as const;

/** Variables named `HEADWATER_SECRET_<NAME>`, of previews `HEADWATER_PREVIEW_SECRET_<NAME>`. */
export function environmentSecrets(environment: Readonly<Record<string, string | undefined>>): Secrets {
  return {
    check: async () => undefined,
    read: async (names, scope) =>
      new Map(
        names.flatMap((name) => {
          const value = environment[`${PREFIXES[scope]}${name}`];
          return value === undefined ? [] : [[name, value] as const];
        }),
      ),
  };
}
