/** Whose they are: `live` of all that is deployed, `preview` of runs of pull requests that are not merged. Nobody gets those of the other. */
export type SecretScope = "live" | "preview";

/** A provider of secrets. Their values are read when an attempt starts, for the step that names them, and kept nowhere. */
export interface Secrets {
  /** Tells at the start of the service what would keep every secret from being read. @throws SecretsError */
  check(): Promise<void>;
  /**
   * The values of those that it has, all as they are at one moment, so that a user and a password that are rotated together fit.
   * @throws SecretsError when it cannot say
   */
  read(names: readonly string[], scope: SecretScope): Promise<SecretValues>;
}

/** Values by name. */
export type SecretValues = ReadonlyMap<string, string>;
