import type { Secrets } from "../../secrets/secrets.js";

const SECRET = /\$\{\{\s*secrets\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g;

/** A text with its secrets, and their values, which must be masked; or the names of those that are not there. */
export type FilledText =
  | { readonly ok: true; readonly text: string; readonly values: readonly string[] }
  | { readonly ok: false; readonly missing: readonly string[] };

/** Fills in `${{ secrets.NAME }}`. @throws SecretsError */
export async function fillSecrets(text: string, secrets: Secrets): Promise<FilledText> {
  const names = [...new Set([...text.matchAll(SECRET)].map(([, name = ""]) => name))];
  const values = names.length === 0 ? new Map<string, string>() : await secrets.read(names, "live");
  const missing = names.filter((name) => !values.has(name));
  if (missing.length > 0) return { ok: false, missing };
  return {
    ok: true,
    text: text.replaceAll(SECRET, (_, name: string) => values.get(name) ?? "").trim(),
    values: [...values.values()],
  };
}

/** Whether a receiver is named by a secret. */
export function holdsSecret(text: string): boolean {
  return text.search(SECRET) >= 0;
}

/** Says which secrets the service lacks. */
export function missingText(missing: readonly string[]): string {
  const names = missing.map((name) => `"${name}"`).join(", ");
  return `the service has no secret ${names}: set HEADWATER_SECRET_${missing[0] ?? "NAME"}`;
}
