import type { AttemptResult } from "@headwater/engine";

/** The failures that step kinds answer with. */
type Failed = Extract<AttemptResult, { readonly status: "failed" }>;

/** The user's failure, which another attempt may repair. */
export function errorResult(message: string): Failed {
  return { status: "failed", class: "error", message, retryable: true };
}

/** The user's failure, which the same commit will always repeat. */
export function finalResult(message: string): Failed {
  return { status: "failed", class: "error", message, retryable: false };
}

/** The machine's failure. */
export function platformResult(message: string): Failed {
  return { status: "failed", class: "platform", message, retryable: true };
}

/** The attempt needs secrets that are not there. */
export function missingSecrets(names: readonly string[]): Failed {
  const quoted = names.map((name) => `"${name}"`).join(", ");
  return finalResult(
    `Cannot read ${names.length === 1 ? "secret" : "secrets"} ${quoted}: not set in the service`,
  );
}
