import { environmentSecrets } from "./environment-secrets.js";
import { folderSecrets } from "./folder-secrets.js";
import type { Secrets } from "./secrets.js";
import { fileSecrets } from "./secrets-file.js";

export interface SecretsOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly dataFolder: string;
  /** Path of a file of JSON; null for none. */
  readonly secretsFile: string | null;
}

/** The service's environment, then the file of secrets, then files in the data folder: the first that has a secret gives it. */
export function createSecrets({ environment, dataFolder, secretsFile }: SecretsOptions): Secrets {
  const file = secretsFile === null ? [] : [fileSecrets(secretsFile)];
  return firstOf([environmentSecrets(environment), ...file, folderSecrets(dataFolder)]);
}

function firstOf(providers: readonly Secrets[]): Secrets {
  return {
    check: async () => {
      for (const provider of providers) await provider.check();
    },
    read: async (names, scope) => {
      const found = new Map<string, string>();
      for (const provider of providers) {
        const wanted = names.filter((name) => !found.has(name));
        if (wanted.length === 0) break;
        for (const [name, value] of await provider.read(wanted, scope)) found.set(name, value);
      }
      return found;
    },
  };
}
