/** A provider of secrets that cannot be used. The message never holds a value. */
export class SecretsError extends Error {
  readonly code = "secrets-unreadable";

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = "SecretsError";
  }
}
