/** Wrong use, or something that could not be read: exit code 2. */
export class UsageError extends Error {
  readonly code = "usage";

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "UsageError";
  }
}
