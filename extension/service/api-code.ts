/**
 * The code of what the API says, or its client; null for anything else. Told by its name, for with its class all that the API has would be
 * loaded before a service is asked.
 */
export function apiCodeOf(error: unknown): string | null {
  return error instanceof Error && error.name === "ApiError" && "code" in error ? String(error.code) : null;
}
