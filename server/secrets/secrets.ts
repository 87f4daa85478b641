import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Where the values of secrets come from. They are read when an attempt starts and kept nowhere. */
export interface Secrets {
  /** Null when there is no such secret. */
  read(name: string): Promise<string | null>;
}

export interface SecretsOptions {
  /** Variables named `HEADWATER_SECRET_<NAME>` are secrets. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Files named `secrets/<NAME>` in it are secrets; one line break at the end does not count. */
  readonly dataFolder: string;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Secrets from the service's environment, then from files. */
export function createSecrets(options: SecretsOptions): Secrets {
  return {
    read: async (name) => {
      if (!NAME.test(name)) return null;
      const variable = options.environment[`HEADWATER_SECRET_${name}`];
      return variable ?? (await readSecretFile(join(options.dataFolder, "secrets", name)));
    },
  };
}

async function readSecretFile(file: string): Promise<string | null> {
  try {
    return (await readFile(file, "utf8")).replace(/\r?\n$/, "");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EISDIR"))
      return null;
    throw error;
  }
}
